// The trainer with the real reference engine on wasm and the real MNIST bytes.
import { afterEach, describe, expect, test } from 'vitest';
import { closeLabs, mnist, openLab, smallRun } from '../../scripts/trainerLab.ts';
import { argmax } from '@/model/argmax';
import { answer } from './requests';

const { test: testing } = mnist();
afterEach(closeLabs);

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

describe('a run', () => {
  test('learns, epoch by epoch, each with a full test, and finishes', async () => {
    const lab = await openLab();
    await lab.prepare(smallRun('lenet', 60));
    expect(lab.status).toMatchObject({ phase: 'ready', step: 0, totalSteps: 120, stepsPerEpoch: 60 });

    await lab.train('epoch');
    expect(lab.status).toMatchObject({ phase: 'paused', step: 60, epoch: 1, testedImages: null });
    expect(lab.evaluations('full')).toMatchObject([{ step: 60, epoch: 1, count: 10_000 }]);
    const watched = () => lab.events.flatMap((event) => (event.type === 'statistics' ? event.steps : []));
    const measured = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 40, 50];
    expect(watched().map(({ step }) => step)).toEqual(measured);
    expect(
      watched()
        .at(-1)
        ?.layers.map(({ name }) => name),
    ).toContain('conv1.0');

    lab.trainer.setStatisticsInterval(10);
    await lab.train('step');
    lab.trainer.setStatisticsInterval('never');
    await lab.train('end');
    expect(watched().map(({ step }) => step)).toEqual([...measured, 60]);
    expect(lab.status).toMatchObject({ phase: 'finished', step: 120, epoch: 2, secondsLeft: 0 });
    const losses = lab.metric('loss');
    expect(losses).toHaveLength(120);
    expect(losses[0]).toBeCloseTo(Math.log(10), 0);
    expect(mean(losses.slice(-20))).toBeLessThan(1.3);
    const [, last] = lab.evaluations('full');
    expect(last).toMatchObject({ step: 120, epoch: 2 });
    expect(last?.accuracy).toBeGreaterThan(0.6);
    // 10,000 images are 625 whole batches of 16.
    expect(last?.sumOfBatchMeans).toBeCloseTo((last?.loss ?? 0) * 625, 2);
    expect(lab.status.firstStepMilliseconds).toBeGreaterThan(0);
    expect(lab.status.imagesPerSecond).toBeGreaterThan(0);
  });

  test('takes a single step', async () => {
    const lab = await openLab();
    await lab.prepare(smallRun('lenet', 60));
    await lab.train('step');
    await lab.train('step');
    expect(lab.status).toMatchObject({ phase: 'paused', step: 2 });
    expect(lab.metric('loss')).toHaveLength(2);
  });

  test('pauses within one step, resumes, and takes a new learning rate in flight', async () => {
    const lab = await openLab();
    await lab.prepare(smallRun('lenet', 2000, { learningRate: 0.05 }));
    lab.trainer.train('a', 'end');
    await lab.next((event) => event.type === 'metrics' && event.firstStep > 3);
    const before = await lab.stepNow();
    const paused = lab.phase('paused');
    lab.trainer.pause('a');
    await paused;
    const at = lab.status.step;
    expect(at).toBeLessThanOrEqual(before + 1);
    expect(lab.metric('loss')).toHaveLength(at);
    expect(await lab.stepNow()).toBe(at);

    lab.trainer.train('a', 'end');
    await lab.next((event) => event.type === 'metrics');
    const changedAt = await lab.stepNow();
    void lab.trainer.setLearningRate('a', 0.01);
    await lab.next((event) => event.type === 'metrics' && event.firstStep > changedAt);
    const stopped = lab.phase('stopped');
    lab.trainer.stop('a');
    await stopped;
    const rates = lab.metric('learningRate');
    const firstNew = rates.findIndex((rate) => rate < 0.03);
    expect(firstNew).toBeGreaterThanOrEqual(changedAt);
    expect(firstNew).toBeLessThanOrEqual(changedAt + 1);
    expect(new Set(rates)).toEqual(new Set([Math.fround(0.05), Math.fround(0.01)]));

    const { step } = lab.status;
    lab.trainer.train('a', 'end');
    expect(await lab.stepNow(), 'a stopped run stays where it is').toBe(step);
  });

  test('pauses during a full test, and makes it up', async () => {
    const lab = await openLab();
    await lab.prepare(smallRun('lenet', 2));
    lab.trainer.train('a', 'end');
    await lab.next((event) => event.type === 'runStatus' && event.status.testedImages !== null);
    const paused = lab.phase('paused');
    lab.trainer.pause('a');
    await paused;
    expect(lab.status).toMatchObject({ step: 2, testedImages: null });
    expect(lab.evaluations('full'), 'the test was not waited for').toEqual([]);
    await lab.train('step');
    expect(lab.evaluations('full').map(({ step }) => step)).toEqual([2]);
    expect(lab.status.step).toBe(3);
  });

  test('whose weights became NaN reads every digit as 0, as torch.argmax does', async () => {
    const lab = await openLab();
    const loss = { kind: 'nll_logits' } as const;
    await lab.prepare(smallRun('lenet', 10, { batchSize: 64, epochs: 1, loss, learningRate: 10 }));
    await lab.train('end');
    const [test] = lab.evaluations('full');
    expect(test?.loss).toBeNaN();
    expect(test?.accuracy, '980 of the 10,000 are zeros').toBe(0.098);
    const { predictions, probabilities } = await answer(
      'predict',
      { images: testing.images, count: 30 },
      lab,
    );
    expect(predictions).toEqual(new Uint8Array(30));
    expect(probabilities.every(Number.isNaN)).toBe(true);
  });

  test('answers predictions while it trains, between steps', async () => {
    const lab = await openLab();
    await lab.prepare(smallRun('lenet', 2000));
    lab.trainer.train('a', 'end');
    await lab.next((event) => event.type === 'metrics');
    const { step, probabilities, predictions } = await answer(
      'predict',
      { images: testing.images, count: 3 },
      lab,
    );
    expect(step).toBeGreaterThan(0);
    for (const row of [0, 1, 2]) {
      expect(mean([...probabilities.subarray(10 * row, 10 * row + 10)])).toBeCloseTo(0.1, 6);
    }
    expect(predictions, 'the greatest of each row').toEqual(
      Uint8Array.from([0, 1, 2], (row) => argmax(probabilities.subarray(10 * row, 10 * row + 10))),
    );
    expect(lab.status.phase).toBe('training');
  });
});
