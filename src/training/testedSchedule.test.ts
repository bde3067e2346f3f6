// A schedule that follows the tests: the rates of a run are PyTorch's for its test losses, and a run that went back has them again.
import { afterEach, expect, test } from 'vitest';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { drawnFromSeed } from '@/model/weightsOrigin';
import { defaultSchedule, reducedRate } from '@/model/schedules';
import { epochLosses } from '@/model/testFigures';
import type { RunConfig } from '@/model/runConfig';
import { closeLabs, Lab, mnist, smallRun, weightsRequest } from '../../scripts/trainerLab.ts';
import { nodeHost } from '../../scripts/wasm/nodeHost.ts';
import { answer } from './requests';

afterEach(closeLabs);

/** A threshold that no test after the first passes: the rate is halved at the end of each later epoch. */
const schedule = {
  ...defaultSchedule('plateau'),
  factor: 0.5,
  patience: 0,
  threshold: 0.99,
  minLearningRate: 0.004,
};
const perEpoch = 4;
const config: RunConfig = smallRun('lenet', perEpoch, { schedule, learningRate: 0.02, epochs: 4 });

async function wasmLab(): Promise<Lab> {
  const lab = new Lab(mnist());
  await lab.trainer.useEngine(() => createWasmEngine({ host: nodeHost(), threads: 1 }));
  return lab;
}

const testLosses = (lab: Lab): number[] => epochLosses(lab.evaluations('full'), perEpoch);
const weightsOf = async (lab: Lab): Promise<Uint8Array> =>
  new Uint8Array((await answer('exportFile', weightsRequest, lab)).file);

async function whole(): Promise<Lab> {
  const lab = await wasmLab();
  await lab.prepare(config);
  await lab.train('end');
  return lab;
}

test('the rate of each epoch follows from the tests before it', async () => {
  const lab = await whole();
  const losses = testLosses(lab);
  expect(losses).toHaveLength(4);
  const rates = lab.metric('learningRate');
  expect(rates).toEqual(
    rates.map((_, step) =>
      Math.fround(reducedRate(schedule, 0.02, losses.slice(0, Math.floor(step / perEpoch)))),
    ),
  );
  expect([0, 4, 8, 12].map((step) => rates[step])).toEqual([0.02, 0.02, 0.01, 0.005].map(Math.fround));
});

test('a rate that is set in flight is what the tests have reduced from', async () => {
  const lab = await wasmLab();
  await lab.prepare(config);
  for (let epoch = 0; epoch < 2; epoch += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one epoch after the other
    await lab.train('epoch');
  }
  await lab.trainer.setLearningRate('a', 0.04);
  await lab.train('step');
  expect(lab.metric('learningRate').at(-1)).toBe(Math.fround(0.02));
});

test('on another engine, and restored elsewhere, it is the same run bit for bit', async () => {
  const expected = await whole();
  const weights = await weightsOf(expected);

  const moved = await wasmLab();
  await moved.prepare(config);
  await moved.train('epoch');
  await moved.train('epoch');
  await moved.trainer.useEngine(() => createWasmEngine({ host: nodeHost(), threads: 1 }));
  await moved.train('end');
  expect(moved.metric('learningRate')).toEqual(expected.metric('learningRate'));
  expect(await weightsOf(moved)).toEqual(weights);

  const first = await wasmLab();
  await first.prepare(config);
  await first.train('epoch');
  await first.train('epoch');
  await first.train('step');
  const state = first.kept.at(-1);
  if (state === undefined) throw new Error('Nothing was kept.');
  const second = await wasmLab();
  await second.trainer.restore('a', config, {
    initial: { parameters: null, origin: drawnFromSeed },
    state,
    seconds: 0,
    events: [],
    testLosses: testLosses(first),
    fullTestDue: false,
    isOver: false,
  });
  await second.train('end');
  expect(await weightsOf(second)).toEqual(weights);
});
