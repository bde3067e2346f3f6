/** What BatchNorm1d and BatchNorm2d share, which is all but the inputs that they take. */
import type { AnyLayer, LayerDefinition, LayerField } from '@/model/layers/definition';
import { fieldSchema, realField } from '@/model/layers/fields';
import { addAt, imageSizes, valueAt } from '@/model/layers/reference';
import { sizeOf } from '@/model/tensor';

export const epsField = realField('eps', { min: 1e-12, max: 1 }, { step: 10, scale: 'log' });
const momentum = realField('momentum', { min: 0, max: 1 }, { step: 0.05, scale: 'linear' });

export const batchNormSchemas = {
  eps: fieldSchema(epsField),
  /** PyTorch's: running = (1 - momentum) * running + momentum * batch. */
  momentum: fieldSchema(momentum),
};

export const usualBatchNorm = { eps: 1e-5, momentum: 0.1 };

interface AnyBatchNorm extends AnyLayer {
  readonly numFeatures: number;
  readonly eps: number;
  readonly momentum: number;
}

type Shared = Omit<LayerDefinition<AnyBatchNorm>, 'schema' | 'create' | 'outputShape'>;

/** Its definition but for what it takes; `numFeatures`: the field of that name. */
export const batchNorm = (numFeatures: LayerField<'numFeatures'>): Shared => ({
  group: 'normalization',
  stem: 'bn',
  fields: [numFeatures, epsField, momentum],
  switches: [],
  reads: (_, output) => output,
  state: (layer) => {
    const tensor = { shape: [layer.numFeatures], dtype: 'F32' } as const;
    return [
      { ...tensor, suffix: 'weight', role: 'parameter', start: 'ones' },
      { ...tensor, suffix: 'bias', role: 'parameter', start: 'zeros' },
      { ...tensor, suffix: 'running_mean', role: 'buffer', start: 'zeros' },
      { ...tensor, suffix: 'running_var', role: 'buffer', start: 'ones' },
      { suffix: 'num_batches_tracked', shape: [], dtype: 'I64', role: 'buffer', start: 'zeros' },
    ];
  },
  // With its statistics fixed it is one multiply-add.
  flops: (_, __, output) => 2 * sizeOf(output),
  isView: false,
  seesBatch: true,
  detail: (layer) => [String(layer.numFeatures)],
  reference: (layer, x, { weights }) => {
    const [n, c, h, w] = imageSizes(x);
    const count = n * h * w;
    const channel = (i: number): number => Math.floor(i / (h * w)) % c;
    const sums = (value: (i: number) => number): Float64Array => {
      const total = new Float64Array(c);
      x.data.forEach((_, i) => addAt(total, channel(i), value(i)));
      return total;
    };
    const mean = sums((i) => valueAt(x.data, i)).map((sum) => sum / count);
    const variance = sums((i) => (valueAt(x.data, i) - valueAt(mean, channel(i))) ** 2).map(
      (sum) => sum / count,
    );
    const deviation = variance.map((value) => Math.sqrt(value + layer.eps));
    const normal = x.data.map(
      (value, i) => (value - valueAt(mean, channel(i))) / valueAt(deviation, channel(i)),
    );
    const weight = weights.get(`${layer.name}.weight`);
    const bias = weights.get(`${layer.name}.bias`);
    return {
      y: {
        shape: x.shape,
        data: normal.map((value, i) => value * valueAt(weight, channel(i)) + valueAt(bias, channel(i))),
      },
      backward: (dy, gradients) => {
        const dBias = sums((i) => valueAt(dy, i));
        const dWeight = sums((i) => valueAt(dy, i) * valueAt(normal, i));
        gradients.set(`${layer.name}.weight`, dWeight);
        gradients.set(`${layer.name}.bias`, dBias);
        return dy.map((g, i) => {
          const k = channel(i);
          const centred = g - valueAt(dBias, k) / count - (valueAt(normal, i) * valueAt(dWeight, k)) / count;
          return (valueAt(weight, k) / valueAt(deviation, k)) * centred;
        });
      },
    };
  },
});
