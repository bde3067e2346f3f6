/** Small networks to start building from, and the mending of all that can be mended at once. */
import { defaultLayer, insertLayer } from '@/model/edit';
import { customNetwork } from '@/model/hyperparameters';
import type { LayerKind, LayerSpec, NetworkSpec } from '@/model/layers';
import { applyMend, checkNetwork } from '@/model/networkCheck';
import type { Shape } from '@/model/shape';

const kindsOf = {
  linear: ['Flatten', 'Linear'],
  convolutional: ['Conv2d', 'ReLU', 'MaxPool2d', 'Conv2d', 'ReLU', 'MaxPool2d', 'Flatten', 'Linear'],
  residual: [
    'Conv2d',
    'BatchNorm2d',
    'ReLU',
    'MaxPool2d',
    'Residual',
    'ReLU',
    'AdaptiveAvgPool2d',
    'Flatten',
    'Linear',
  ],
} as const satisfies Record<string, readonly LayerKind[]>;

export type TemplateId = keyof typeof kindsOf;
export const templateIds = ['linear', 'convolutional', 'residual'] as const satisfies readonly TemplateId[];

/** Problems are mended one by one, since each may uncover another; a network has far fewer than this. */
const mostMends = 200;

/** The layers with every problem mended that has one obvious change. */
export function mendAll(layers: readonly LayerSpec[], input: Shape): readonly LayerSpec[] {
  let mended = layers;
  for (let i = 0; i < mostMends; i += 1) {
    const check = checkNetwork(mended, input);
    const mend =
      check.layers.find(({ problem }) => (problem?.mend ?? null) !== null)?.problem?.mend ??
      check.outputProblem?.mend ??
      null;
    if (mend === null) return mended;
    mended = applyMend(mended, mend);
  }
  return mended;
}

/** A template's layers, made to fit this input and to end in ten values. */
export function templateNetwork(id: TemplateId, name: string, input: Shape): NetworkSpec {
  let layers: readonly LayerSpec[] = [];
  for (const kind of kindsOf[id]) {
    const shape = checkNetwork(layers, input).output;
    const index = layers.length;
    layers = insertLayer(layers, { container: [], index }, defaultLayer(kind, shape));
  }
  return { id: customNetwork, name, layers: mendAll(layers, input), outputActivation: 'none' };
}
