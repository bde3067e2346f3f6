/** Residual: both branches and their sum. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayerOp } from '@/engine/tfjs/layerOp';

/** `body` and `shortcut`: the ops of its lists. */
export function residualOp(body: LayerOp, shortcut: LayerOp): LayerOp {
  return {
    forward: (x, context) => {
      const left = body.forward(x, context);
      const right = shortcut.forward(x, context);
      return {
        output: tf.add(left.output, right.output),
        backward: (dy, gradients) => {
          const dLeft = left.backward(dy, gradients);
          const dRight = right.backward(dy, gradients);
          left.output.dispose();
          right.output.dispose();
          return dLeft === null || dRight === null ? null : tf.add(dLeft, dRight);
        },
      };
    },
  };
}
