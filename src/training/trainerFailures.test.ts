// What goes wrong in a run.
import { afterEach, describe, expect, test } from 'vitest';
import { closeLabs, Lab, mnist, openLab, smallRun, weightsRequest } from '../../scripts/trainerLab.ts';
import { answer } from './requests';
import { toWorkerError } from './workerError';

const { training, test: testing } = mnist();
afterEach(closeLabs);

describe('what goes wrong', () => {
  test('a replaced run tells nothing any more', async () => {
    const lab = await openLab();
    await lab.prepare(smallRun('lenet', 2000));
    lab.trainer.train('a', 'end');
    await lab.next((event) => event.type === 'metrics');
    const ready = lab.prepare(smallRun('mynn', 60), 'b');
    const from = lab.events.length;
    lab.trainer.pause('a');
    lab.trainer.train('a', 'end');
    await ready;
    await lab.train('step', 'b');
    expect(lab.events.slice(from).map(({ runId }) => runId)).not.toContain('a');
    expect(lab.metric('loss', 'b')).toHaveLength(1);
  });

  test('a network that does not fit fails its run, and the next one works', async () => {
    const lab = await openLab();
    const good = smallRun('lenet', 60);
    const network = { ...good.network, layers: good.network.layers.slice(3) };
    await lab.prepare({ ...good, network });
    expect(lab.events.at(-1)).toMatchObject({
      type: 'runFailed',
      runId: 'a',
      error: { code: 'config', message: expect.stringMatching(/conv2\.0/) },
    });
    await expect(lab.stepNow()).rejects.toThrow(/No network/);
    await lab.prepare(good, 'b');
    await lab.train('step', 'b');
    expect(lab.status.step).toBe(1);
  });

  test('losses that are not finite travel as they are', async () => {
    const lab = await openLab();
    await lab.prepare(smallRun('lenet', 8, { learningRate: 10, loss: { kind: 'nll_logits' } }));
    await lab.train('epoch');
    expect(lab.metric('loss').at(-1)).toBeNaN();
    expect(lab.evaluations('full')[0]?.loss).toBeNaN();
    expect(lab.status.phase).toBe('paused');
  });
});

describe('requests', () => {
  test('that come too early are told so', async () => {
    const lab = new Lab({ training, test: { ...testing, count: 0 } });
    const early = answer('testImages', { indices: [0] }, lab);
    expect(toWorkerError(await early.catch((error: unknown) => error))).toMatchObject({ code: 'not_ready' });
    const none = answer('exportFile', weightsRequest, lab);
    expect(toWorkerError(await none.catch((error: unknown) => error))).toMatchObject({ code: 'not_ready' });
    lab.trainer.dispose();
  });
});
