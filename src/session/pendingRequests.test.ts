import { describe, expect, it } from 'vitest';
import { requestTable } from '@/protocol/requests';
import { PendingRequests } from './pendingRequests';

const labels = { images: new Uint8Array(0), labels: Uint8Array.of(7) };
const posted = (post: (id: number) => void = () => undefined) => ({ post, cancel: () => undefined });
const failed = (pending: Promise<unknown>): Promise<unknown> => pending.catch((error: unknown) => error);

describe('PendingRequests', () => {
  it('gives each request its own answer, whatever the order', async () => {
    const pending = new PendingRequests();
    const ids: number[] = [];
    const first = pending.open(
      'testImages',
      posted((id) => ids.push(id)),
    );
    const second = pending.open(
      'importWeights',
      posted((id) => ids.push(id)),
    );
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
    const refused = failed(
      pending.open(
        'importWeights',
        posted((id) => ids.push(id)),
      ),
    );
    const cut = failed(pending.open('exportFile', posted()));
    const details = { kind: 'http', status: 404 } as const;
    pending.fail(ids[0] ?? 0, { code: 'file', message: 'Not a file.', subject: 'conv1', details });
    pending.failAll({ code: 'not_ready', message: 'Stopped.', subject: null });
    expect(await refused).toMatchObject({ code: 'file', subject: 'conv1', details });
    expect(await cut).toMatchObject({ code: 'not_ready' });
  });

  it('ends a request that nobody answers, and not one that tells of progress', async () => {
    const pending = new PendingRequests();
    const rates: number[] = [];
    const silent = failed(pending.open('testImages', posted()));
    let rangeTestId = 0;
    const rangeTest = pending.open(
      'runRangeTest',
      posted((id) => (rangeTestId = id)),
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

  it('ends a request that is not wanted any more, tells so once, and does not hear its late answer', async () => {
    const pending = new PendingRequests();
    const controller = new AbortController();
    const ids: number[] = [];
    const cancelled: number[] = [];
    const posts = { post: (id: number) => ids.push(id), cancel: (id: number) => cancelled.push(id) };
    const answered = pending.open('testImages', posts, undefined, controller.signal);
    const unwanted = failed(pending.open('testImages', posts, undefined, controller.signal));
    const [first = 0, second = 0] = ids;
    pending.reply(first, { request: 'testImages', value: labels });
    controller.abort();
    pending.reply(second, { request: 'testImages', value: labels });
    expect(await answered).toEqual(labels);
    expect(await unwanted).toMatchObject({ name: 'AbortError' });
    expect(cancelled).toEqual([second]);
    expect(await failed(pending.open('testImages', posts, undefined, controller.signal))).toMatchObject({
      name: 'AbortError',
    });
    expect(ids).toHaveLength(2);
  });
});
