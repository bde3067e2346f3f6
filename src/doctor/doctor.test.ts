// The rules on real runs (scripts/doctor/record.ts): each fault is named, in time, and healthy runs are left alone.
import { describe, expect, it } from 'vitest';
import { readRecord } from '../../scripts/doctor/recordFile.ts';
import { recordedRuns, type RecordedRunName } from '../../scripts/doctor/runs.ts';
import type { RunConfig } from '@/model/runConfig';
import { validateConfig } from '@/model/validate';
import { defaultConfig } from '@/model/presets';
import { diagnose } from './diagnose';
import { largerBatch } from './fixes';
import type { Diagnosis } from './diagnosis';
import type { DiagnosisId } from './rules';
import type { RunRecord } from './runRecord';

/** What was known when so many steps were done. */
function upTo(record: RunRecord, steps: number): RunRecord {
  return {
    ...record,
    loss: Array.from(record.loss).slice(0, steps),
    accuracy: Array.from(record.accuracy).slice(0, steps),
    evaluations: record.evaluations.filter(({ step }) => step <= steps),
    statistics: record.statistics.filter(({ step }) => step < steps),
  };
}

const idsOf = (diagnoses: readonly Diagnosis[]): DiagnosisId[] => diagnoses.map(({ id }) => id);

function find(diagnoses: readonly Diagnosis[], id: DiagnosisId): Diagnosis {
  const found = diagnoses.find((one) => one.id === id);
  if (found === undefined)
    throw new Error(`${id} was not found among ${idsOf(diagnoses).join(', ') || 'none'}.`);
  return found;
}

function changedFields(a: RunConfig, b: RunConfig): string[] {
  const fields = Object.keys(a) as (keyof RunConfig)[];
  return fields.filter((field) => JSON.stringify(a[field]) !== JSON.stringify(b[field]));
}

/** The run, what the doctor has to name, and by which step; the fix that it has to offer first. */
const faults: readonly (readonly [RecordedRunName, DiagnosisId, number, keyof RunConfig])[] = [
  ['resnet18_nll_logits', 'unbounded_loss', 100, 'loss'],
  ['vgg16_nll_logits', 'unbounded_loss', 8, 'loss'],
  ['lenet_nll_logits', 'exploding_gradients', 30, 'loss'],
  ['lenet_nll_logits', 'non_finite', 30, 'loss'],
  ['lenet_nll_softmax', 'softmax_before_nll', 100, 'loss'],
  ['lenet_nll_softmax', 'classes_never_predicted', 938, 'loss'],
  ['lenet_nll_softmax', 'chance_accuracy', 938, 'loss'],
  ['lenet_softmax_twice', 'softmax_twice', 100, 'loss'],
  ['lenet_huge_input', 'first_loss', 1, 'input'],
  ['deep_exploding', 'first_loss', 1, 'network'],
  ['deep_exploding', 'exploding_gradients', 10, 'clipGradNorm'],
  ['deep_vanishing', 'vanishing_gradients', 50, 'network'],
  ['deep_vanishing', 'chance_accuracy', 200, 'network'],
  ['lenet_high_rate', 'learning_rate_high', 100, 'learningRate'],
  ['mynn_high_rate', 'learning_rate_high', 100, 'learningRate'],
  ['lenet_dead_relus', 'dead_relus', 100, 'learningRate'],
  ['mynn_high_rate', 'dead_relus', 300, 'learningRate'],
  ['lenet_low_rate', 'learning_rate_low', 200, 'learningRate'],
  ['lenet_sorted', 'unshuffled', 100, 'shuffle'],
  ['batch_norm_small_batch', 'small_batch_norm', 500, 'batchSize'],
  ['lenet_missing_classes', 'classes_never_predicted', 90, 'trainingImages'],
  ['lenet_overfitting', 'overfitting', 300, 'trainingImages'],
];

describe('a run with a fault', () => {
  it.each(faults)('%s: %s by step %i, and the fix changes %s', (run, id, step, field) => {
    const record = readRecord(run);
    const diagnosis = find(diagnose(upTo(record, step)), id);
    expect(diagnosis.step).toBeLessThanOrEqual(step);
    expect(diagnosis.evidence.to).toBeGreaterThanOrEqual(diagnosis.evidence.from);
    for (const figure of Object.values(diagnosis.figures)) expect(figure).not.toBeNaN();
    const { fix } = diagnosis;
    expect(fix?.field).toBe(field);
    if (fix === null) return;
    expect(changedFields(record.config, fix.config)).toEqual([field]);
    expect(validateConfig(fix.config)).toEqual([]);
  });

  it('names the digits that the report LeNet never gets right before its second epoch', () => {
    const record = readRecord('lenet_nll_softmax');
    const before = diagnose(upTo(record, 1875));
    expect(before[0]?.id, 'the cause stands first').toBe('softmax_before_nll');
    const test = record.evaluations.find(({ epoch }) => epoch === 1);
    const missing = test?.classes.predicted.flatMap((count, digit) => (count === 0 ? [digit] : []));
    expect(missing?.length).toBeGreaterThan(0);
    expect(find(before, 'classes_never_predicted').digits).toEqual(missing);
    expect(before[0]?.digits).toEqual(missing);
  });

  it('names the layer where infinity appeared and the gradient before it', () => {
    const { layers, figures } = find(diagnose(readRecord('lenet_nll_logits')), 'non_finite');
    expect(layers).toHaveLength(1);
    expect(figures['gradientNorm']).toBeGreaterThan(1000);
  });
});

describe('numbers that are none', () => {
  const healthy = (): RunRecord => upTo(readRecord('healthy_batch_norm'), 900);
  const only = (record: RunRecord): Diagnosis | undefined =>
    diagnose(record).find(({ id }) => id === 'non_finite');

  it('are seen in a test while the training losses are numbers', () => {
    const record = healthy();
    const [first, ...others] = record.evaluations;
    if (first === undefined) throw new Error('The record has no test.');
    const found = only({ ...record, evaluations: [{ ...first, loss: Number.NaN }, ...others] });
    expect(found).toMatchObject({
      step: first.step,
      context: 'test',
      evidence: { series: 'test_loss', from: first.step, to: first.step },
    });
  });

  it('are seen in the running statistics before any test', () => {
    const record = healthy();
    const at = record.statistics[5]?.step ?? 0;
    const statistics = record.statistics.map((step) => ({
      ...step,
      running: [{ name: 'bn2', nonFinite: step.step < at ? 0 : 3 }],
    }));
    const found = only({ ...record, evaluations: [], statistics });
    expect(found).toMatchObject({ step: at, context: 'running', layers: ['bn2'] });
    expect(found?.figures['normStep']).toBe(record.statistics[4]?.step);
  });

  it('are told by the training loss where that was first', () => {
    const record = readRecord('lenet_nll_logits');
    expect(only(record)).toMatchObject({ evidence: { series: 'training_loss' } });
    expect(only(record)?.context).toBeUndefined();
  });

  it('are not taken for guessing: the argmax of NaN is a class', () => {
    const record = readRecord('lenet_nll_logits');
    const evaluations = record.evaluations.map((test) => ({ ...test, loss: Number.NaN, accuracy: 0.098 }));
    expect(idsOf(diagnose({ ...record, evaluations }))).not.toContain('chance_accuracy');
  });
});

describe('a fix of the batch size', () => {
  it('leaves no last batch of one image to a BatchNorm over 1 x 1', () => {
    const config = { ...defaultConfig('resnet18'), trainingImages: 129, batchSize: 2 };
    const fix = largerBatch(config);
    expect(fix.config.batchSize).toBe(96);
    expect(validateConfig(fix.config)).toEqual([]);
  });
});

describe('a healthy run', () => {
  const healthy = Object.keys(recordedRuns).filter((name) => name.startsWith('healthy')) as RecordedRunName[];

  it.each(healthy)('%s gives no alarm, at any time', (run) => {
    const record = readRecord(run);
    const steps = record.loss.length;
    const moments = [
      1,
      2,
      5,
      10,
      30,
      60,
      ...Array.from({ length: 20 }, (_, i) => Math.ceil((steps * (i + 1)) / 20)),
    ];
    for (const moment of moments) {
      expect(idsOf(diagnose(upTo(record, moment))), `after ${moment} steps`).toEqual([]);
    }
  });
});
