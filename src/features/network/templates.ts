/** Small networks to start building from, and the fixing of all that can be fixed at once. */
import { defaultLayer, insertLayer } from '@/model/edit';
import { customNetwork } from '@/model/hyperparameters';
import type { LayerKind, LayerSpec, NetworkSpec } from '@/model/layers';
import { applyFix, checkNetwork } from '@/model/networkCheck';
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

/** Problems are fixed one by one, since each may uncover another; a network has far fewer than this. */
const mostFixes = 200;

/** The layers with every problem fixed that has one obvious change. */
export function fixAll(layers: readonly LayerSpec[], input: Shape): readonly LayerSpec[] {
  let fixed = layers;
  for (let i = 0; i < mostFixes; i += 1) {
    const check = checkNetwork(fixed, input);
    const fix =
      check.layers.find(({ problem }) => (problem?.fix ?? null) !== null)?.problem?.fix ??
      check.outputProblem?.fix ??
      null;
    if (fix === null) return fixed;
    fixed = applyFix(fixed, fix);
  }
  return fixed;
}

/** A template's layers, made to fit this input and to end in ten values. */
export function templateNetwork(id: TemplateId, name: string, input: Shape): NetworkSpec {
  let layers: readonly LayerSpec[] = [];
  for (const kind of kindsOf[id]) {
    const shape = checkNetwork(layers, input).output;
    const index = layers.length;
    layers = insertLayer(layers, { container: [], index }, defaultLayer(kind, shape));
  }
  return { id: customNetwork, name, layers: fixAll(layers, input), outputActivation: 'none' };
}
