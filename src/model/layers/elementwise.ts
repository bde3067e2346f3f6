/** What kinds have in common that make a value of each value, without parameters. */
import type { AnyLayer, LayerDefinition, LayerGroup } from '@/model/layers/definition';
import { valueAt } from '@/model/layers/reference';
import { sizeOf } from '@/model/tensor';

/** `slope`: the derivative of `value` at x, given the value there, too. */
export function elementwise(
  group: LayerGroup,
  value: (x: number) => number,
  slope: (x: number, y: number) => number,
): Omit<LayerDefinition<AnyLayer>, 'schema' | 'stem' | 'create' | 'switches'> & {
  readonly switches: readonly [];
} {
  return {
    group,
    fields: [],
    switches: [],
    outputShape: (_, input) => input,
    state: () => [],
    flops: (_, __, output) => sizeOf(output),
    isView: false,
    seesBatch: false,
    detail: () => [],
    reference: (_, x) => {
      const y = x.data.map(value);
      return {
        y: { shape: x.shape, data: y },
        backward: (dy) => dy.map((g, i) => g * slope(valueAt(x.data, i), valueAt(y, i))),
      };
    },
  };
}
