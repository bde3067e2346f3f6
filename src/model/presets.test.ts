import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { architectures } from '@/model/architectures';
import { defaultConfig, fixedConfig, presetById, presets, type Measurement } from '@/model/presets';
import { inferShapes, inputShape } from '@/model/shapes';

interface Curve {
  readonly net: string;
  readonly loss: string;
  readonly lr: number;
  readonly batch: number;
  readonly shuffle: boolean;
  readonly preprocess: string;
  readonly epochs: readonly {
    readonly epoch: number;
    readonly step: number;
    readonly acc: number;
    readonly test_loss_sum_of_batch_means: number;
  }[];
}

function curve(file: string): Curve {
  const path = new URL(`../../fixtures/pytorch/curves/${file}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as Curve;
}

/** Preset, its curve, and whether it is of the fix. */
const references = [
  ['mynn', 'mynn_ce_s0', false],
  ['vgg2', 'vgg2_ce_s0_60k', false],
  ['resnet18_nll_logits', 'resnet18_nlllogits_lr1e-3_s0', false],
  ['resnet18_nll_logits', 'resnet18_ce_lr1e-3_s0', true],
  ['resnet', 'resnet_nlllogsoftmax_s0', false],
  ['lenet_nll_softmax', 'lenet_nllsoftmax_s0_40ep', false],
  ['lenet_nll_softmax', 'lenet_ce_s0_10ep', true],
] as const;

const lossNames: Record<string, string> = {
  ce: 'cross_entropy',
  nll_logits: 'nll_logits',
  nll_softmax: 'nll_softmax',
  nll_log_softmax: 'nll_log_softmax',
};

function expectOnCurve({ unit, after, accuracy, sumOfBatchMeans }: Measurement, { epochs }: Curve): void {
  const point = epochs.find((item) => (unit === 'epoch' ? item.epoch : item.step) === after);
  expect(point?.acc).toBeCloseTo(accuracy, 4);
  const sum = point?.test_loss_sum_of_batch_means ?? NaN;
  // Rounded to the digits of the README's table: four significant ones, or one behind the point.
  expect(Math.abs(sum - (sumOfBatchMeans ?? NaN))).toBeLessThanOrEqual(Math.max(0.06, 5e-4 * Math.abs(sum)));
}

describe('presets', () => {
  it.each(references)('%s: figures and settings of PyTorch run %s', (id, file, isFix) => {
    const preset = presetById(id);
    const run = curve(file);
    if (preset === undefined) throw new Error(`no preset ${id}`);
    const config = isFix ? fixedConfig(preset) : preset.config;
    expect(config).toMatchObject({
      network: { id: run.net },
      loss: { kind: lossNames[run.loss] },
      learningRate: run.lr,
      batchSize: run.batch,
      shuffle: run.shuffle,
    });
    expect(config?.input.normalize !== null).toBe(run.preprocess.includes('norm'));
    const measured = isFix ? (preset.fix?.pytorch ?? []) : preset.pytorch;
    expect(measured.length).toBeGreaterThan(0);
    for (const item of measured) expectOnCurve(item, run);
  });

  it('fix the broken losses by changing the loss alone', () => {
    const broken = presets.filter((preset) => preset.fix !== null);
    expect(broken.map((preset) => preset.config.network.id)).toEqual(['vgg16', 'resnet18', 'lenet']);
    for (const preset of broken) {
      const fixed = fixedConfig(preset);
      expect(fixed?.loss.kind).toBe('cross_entropy');
      expect({ ...fixed, loss: preset.config.loss }).toEqual(preset.config);
    }
  });

  it('cover the six networks, each with an input that fits', () => {
    expect(presets.map((preset) => preset.config.network)).toEqual(architectures);
    for (const { config } of presets) {
      expect(() => inferShapes(config.network, inputShape(config.input))).not.toThrow();
    }
  });
});

it('defaultConfig names the known networks when asked for another', () => {
  expect(() => defaultConfig('alexnet')).toThrow('mynn, vgg16');
});
