import { describe, expect, it } from 'vitest';
import { requestTable } from '@/protocol/requests';
import { PendingRequests } from './pendingRequests';

const labels = { images: new Uint8Array(0), labels: Uint8Array.of(7) };
const failed = (pending: Promise<unknown>): Promise<unknown> => pending.catch((error: unknown) => error);

describe('PendingRequests', () => {
  it('gives each request its own answer, whatever the order', async () => {
    const pending = new PendingRequests();
    const ids: number[] = [];
    const first = pending.open('testImages', (id) => ids.push(id));
    const second = pending.open('importWeights', (id) => ids.push(id));
    expect(new Set(ids).size).toBe(2);
    const report = {
      tensors: 8,
      prefix: '',
      absentCounters: 0,
      ignored: { count: 0, first: [] },
      firstOfSeveral: { count: 0, first: [] },
      nonFinite: [],
    };
    pending.reply(ids[1] ?? 0, { request: 'importWeights', value: report });
    pending.reply(ids[0] ?? 0, { request: 'testImages', value: labels });
    expect(await first).toEqual(labels);
    expect(await second).toEqual(report);
  });

  it('fails one, or all that are left, with the code and what it is about', async () => {
    const pending = new PendingRequests();
    const ids: number[] = [];
    const refused = failed(pending.open('importWeights', (id) => ids.push(id)));
    const cut = failed(pending.open('exportFile', () => undefined));
    const details = { kind: 'http', status: 404 } as const;
    pending.fail(ids[0] ?? 0, { code: 'file', message: 'Not a file.', subject: 'conv1', details });
    pending.failAll({ code: 'not_ready', message: 'Stopped.', subject: null });
    expect(await refused).toMatchObject({ code: 'file', subject: 'conv1', details });
    expect(await cut).toMatchObject({ code: 'not_ready' });
  });

  it('ends a request that nobody answers, and not one that tells of progress', async () => {
    const pending = new PendingRequests();
    const rates: number[] = [];
    const silent = failed(pending.open('testImages', () => undefined));
    let rangeTestId = 0;
    const rangeTest = pending.open(
      'runRangeTest',
      (id) => (rangeTestId = id),
      ({ learningRate }) => rates.push(learningRate),
    );
    const { seconds } = requestTable.runRangeTest;
    pending.elapse(seconds - 1);
    pending.progress(rangeTestId, { request: 'runRangeTest', value: { learningRate: 0.1, loss: 2 } });
    pending.elapse(seconds - 1);
    expect(await silent).toMatchObject({ code: 'timeout', message: expect.stringContaining('testImages') });
    pending.reply(rangeTestId, { request: 'runRangeTest', value: { steps: 1 } });
    expect(await rangeTest).toEqual({ steps: 1 });
    expect(rates).toEqual([0.1]);
  });
});
