// One seed is one run, whatever happens on the way.
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { EngineError } from '@/engine/engine';
import { closeLabs, mnist, openLab, smallRun, type Lab } from '../../scripts/trainerLab.ts';

const { training, test: testing } = mnist();
afterEach(closeLabs);

describe('the same seed gives the same losses, bit for bit', () => {
  const config = smallRun('mynn', 12, { seed: 7 });

  /** Losses of the first `count` steps, one command a step. */
  async function lossesStepByStep(lab: Lab, count: number): Promise<number[]> {
    for (let i = 0; i < count; i += 1) await lab.train('step');
    return lab.metric('loss');
  }
  let inOneGo: readonly number[];
  beforeAll(async () => {
    const lab = await openLab();
    await lab.prepare(config);
    await lab.train('epoch');
    inOneGo = lab.metric('loss');
    expect(new Set(inOneGo).size).toBe(12);
  });

  test('over pauses', async () => {
    const lab = await openLab();
    await lab.prepare(config);
    expect(await lossesStepByStep(lab, 11)).toEqual(inOneGo.slice(0, 11));
  });

  test('shuffled, and only with the same seed', async () => {
    const lab = await openLab();
    const shuffled = { ...config, shuffle: true };
    await lab.prepare(shuffled);
    const losses = await lossesStepByStep(lab, 4);
    expect(losses).not.toEqual(inOneGo.slice(0, 4));
    await lab.prepare(shuffled, 'b');
    for (let i = 0; i < 4; i += 1) await lab.train('step', 'b');
    expect(lab.metric('loss', 'b')).toEqual(losses);
    await lab.prepare({ ...shuffled, seed: 8 }, 'c');
    for (let i = 0; i < 4; i += 1) await lab.train('step', 'c');
    expect(lab.metric('loss', 'c')).not.toEqual(losses);
  });

  test('over a change of engine in mid-run', async () => {
    const lab = await openLab();
    await lab.prepare(config);
    await lossesStepByStep(lab, 5);
    await lab.useBackend('wasm');
    expect(await lossesStepByStep(lab, 6)).toEqual(inOneGo.slice(0, 11));
  });

  test('over the loss of a device, from where it was kept', async () => {
    const lab = await openLab();
    await lab.prepare(config);
    await lossesStepByStep(lab, 4);
    expect(lab.kept.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    const from = lab.events.length;
    lab.trainer.train('a', 'epoch');
    lab.loseDevice(new EngineError('device', 'The GPU device was lost: test'));
    expect(lab.status).toMatchObject({ phase: 'recovering' });
    const rests = lab.phase('paused');
    await lab.useBackend('wasm');
    await rests;
    expect(lab.events.slice(from)).toContainEqual({ type: 'runRecovered', runId: 'a', step: 4 });
    expect(lab.metric('loss')).toEqual(inOneGo);
  });

  test('when the images arrive while it trains', async () => {
    const images = { training: { ...training, count: 0 }, test: testing };
    const lab = await openLab(images);
    await lab.prepare(config);
    lab.trainer.train('a', 'end');
    for (const count of [40, 100, 180]) {
      const step = Math.floor(count / 16);
      const stalled = lab.next(
        (event) =>
          event.type === 'runStatus' && event.status.phase === 'waiting' && event.status.step === step,
      );
      images.training = { ...training, count };
      lab.trainer.imagesArrived();
      await stalled;
      expect(lab.status.trainingImages).toBe(count);
    }
    expect(lab.metric('loss')).toEqual(inOneGo.slice(0, 11));
  });
});
