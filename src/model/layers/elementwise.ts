/** What kinds have in common that make a value of each value, without parameters. */
import type { AnyLayer, LayerDefinition } from '@/model/layers/definition';
import { valueAt } from '@/model/layers/reference';
import { sizeOf } from '@/model/tensor';

interface ElementwiseFunction<Layer extends AnyLayer> {
  readonly value: (x: number, layer: Layer) => number;
  /** The derivative of `value`: at x, or where it gives y, as `slopeReads` says. */
  readonly slope: (xOrY: number, layer: Layer) => number;
  /** What its slope is computed from. Where the output tells it, an engine need not keep the input. */
  readonly slopeReads: 'input' | 'output';
  /**
   * It falls nowhere, or falls below 0 to a least value and rises from there on, as far as 0 at 0. So the largest of its values over a
   * window is that of the window's largest, or in a valley also of its smallest: a max pool may come first.
   */
  readonly course: 'rising' | 'valley';
}

/** An activation as engines read it: which of its values its slope follows from, and what its function has besides x. */
export interface ActivationDefinition<Layer extends AnyLayer>
  extends LayerDefinition<Layer>, Pick<ElementwiseFunction<Layer>, 'slopeReads' | 'course'> {
  /** The one number that its function has besides x, such as a negative slope; 0 for a function without. */
  readonly setting: (layer: Layer) => number;
}

/** All but what tells one such kind from another: its schema, the stem of its names and `create`. */
export function elementwise<Layer extends AnyLayer>({
  value,
  slope,
  slopeReads,
  course,
}: ElementwiseFunction<Layer>): Omit<
  ActivationDefinition<Layer>,
  'schema' | 'stem' | 'create' | 'fields' | 'switches'
> & { readonly fields: readonly []; readonly switches: readonly [] } {
  return {
    group: 'activation',
    fields: [],
    switches: [],
    outputShape: (_, input) => input,
    reads: (_, output) => output,
    state: () => [],
    flops: (_, __, output) => sizeOf(output),
    isView: false,
    seesBatch: false,
    detail: () => [],
    slopeReads,
    course,
    setting: () => 0,
    reference: (layer, x) => {
      const y = x.data.map((one) => value(one, layer));
      const read = slopeReads === 'input' ? x.data : y;
      return {
        y: { shape: x.shape, data: y },
        backward: (dy) => dy.map((g, i) => g * slope(valueAt(read, i), layer)),
      };
    },
  };
}
