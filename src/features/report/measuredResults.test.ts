// The report's figures out of recorded runs.
import { expect, it } from 'vitest';
import { totalSteps } from '@/model/learningRate';
import { reportRuns } from '@/report/reportRuns';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import type { RecordedRun } from '@/storage/runs/runSchema';
import { runOf, writeOf } from '@/storage/testing/runWrites';
import { createMeasuredResults, resultOf } from './measuredResults';

const [run] = reportRuns;
if (run === undefined) throw new Error('The report has runs.');
const config = run.configs.short;

/** A finished run of the report, as the recorder leaves it. */
const finished = (id: string, change: Partial<RecordedRun> = {}): RecordedRun => {
  const steps = totalSteps(config);
  const whole = runOf(id, steps);
  return {
    ...whole,
    config,
    phase: 'finished',
    summary: { ...whole.summary, seconds: 40, lastAccuracy: 0.5 },
    ...change,
  };
};

it('are those of whole runs with the report’s settings, the newest of each', async () => {
  const kept = memoryRuns();
  const steps = totalSteps(config);
  const write = async (one: RecordedRun): Promise<void> =>
    kept.write({ ...writeOf({ id: one.id, mark: 1 }, 0, steps), run: one, keyframes: [] });
  const measured = createMeasuredResults(() => Promise.resolve(kept));
  const shown = () => resultOf(measured.store.getState().results, { run, length: 'short' });
  await measured.refresh();
  expect([shown(), measured.store.getState().storage]).toEqual([null, 'unavailable']);

  await write(finished('a', { createdAt: 5 }));
  await write(finished('other', { createdAt: 9, config: { ...config, learningRate: 0.123 } }));
  await write(
    finished('changed', { createdAt: 9, events: [{ kind: 'learningRate', step: 1, learningRate: 1 }] }),
  );
  await write(finished('cut', { createdAt: 9, phase: 'paused' }));
  await write(finished('two engines', { createdAt: 9, switchedEngine: true }));
  await measured.refresh();
  expect(shown()).toMatchObject({ config, begunAt: 5, seconds: 40 });
  expect(measured.store.getState().results).toHaveLength(1);
  // Thinned, its ends kept.
  const { steps: line, values } = shown()?.trainingLoss ?? { steps: [], values: [] };
  expect([line[0], line.at(-1), values[0]]).toEqual([1, steps, 1]);
  expect(shown()?.tests).toMatchObject([{ step: steps, accuracy: 0.5, sumOfBatchMeans: null }]);

  const seed = config.seed + 1;
  await write(finished('b', { createdAt: 7, config: { ...config, seed } }));
  await measured.refresh();
  expect(shown()).toMatchObject({ begunAt: 7, config: { seed } });
  expect(resultOf(measured.store.getState().results, { run, length: 'short' }, config.seed)?.begunAt).toBe(5);

  await kept.setDeleted(['b'], 1);
  await measured.refresh();
  expect(shown()?.begunAt).toBe(5);
});

it('have the drawn line of a result that an older version measured', async () => {
  const kept = memoryRuns();
  const thinnedLoss = { steps: [1, 40], values: [2.3, null] };
  await kept.write({
    ...writeOf({ id: 'a', mark: 1 }, 0, 1),
    run: finished('a', { thinnedLoss }),
    metrics: [],
    keyframes: [],
  });
  const measured = createMeasuredResults(() => Promise.resolve(kept));
  await measured.refresh();
  expect(measured.store.getState().results).toMatchObject([{ trainingLoss: thinnedLoss }]);
});
