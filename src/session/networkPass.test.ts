import { describe, expect, it, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { defaultConfig } from '@/model/presets';
import type { ErrorCode, RunPhase } from '@/protocol/messages';
import { NetworkPass } from '@/session/networkPass';
import { RequestError } from '@/session/pendingRequests';
import type { SessionActions, SessionState } from '@/session/sessionState';

const config = defaultConfig('mynn');
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** A session with one network, and a worker that answers when it is told to. */
function setUp(isAutomatic: boolean, phase: RunPhase = 'paused') {
  const at = (runId: string, step: number, now = phase): Partial<SessionState> =>
    ({
      backend: { kind: 'ready' },
      run: { runId, step, phase: now, config },
      shown: null,
    }) as unknown as Partial<SessionState>;
  const store = createStore<SessionState>(() => at('a', 5) as SessionState);
  const asked: {
    tell: (done: number) => void;
    answer: () => void;
    fail: (code?: ErrorCode) => void;
    isEnded: () => boolean;
  }[] = [];
  const ask = ((_request, _params, onProgress, signal) =>
    new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error));
      asked.push({
        tell: (done) => onProgress?.({ done }),
        answer: () => resolve({ step: asked.length } as never),
        fail: (code = 'timeout') => reject(new RequestError({ code, message: 'No.', subject: null })),
        isEnded: () => signal?.aborted === true,
      });
    })) as SessionActions['ask'];
  const pass = new NetworkPass({
    store,
    ask,
    request: 'testPredictions',
    isAutomatic,
    doneOf: ({ done }) => done,
  });
  return {
    pass,
    asked,
    go: (runId: string, step: number, now = phase) => store.setState(at(runId, step, now)),
  };
}

describe('NetworkPass', () => {
  it('tells its share, and keeps the answer', async () => {
    const { pass, asked } = setUp(false);
    pass.watch(null);
    expect(asked).toHaveLength(0);
    pass.start(null);
    asked[0]?.tell(0.4);
    expect(pass.state.getState().running?.done).toBe(0.4);
    pass.start(null);
    expect(asked).toHaveLength(1);
    asked[0]?.answer();
    await turn();
    expect(pass.state.getState()).toMatchObject({ running: null, answer: { network: 'a:5' }, error: null });
  });

  it('asks by itself when it is looked at and when the network has changed, one question at a time', async () => {
    const { pass, asked, go } = setUp(true);
    const leave = pass.watch(null);
    expect(asked).toHaveLength(1);
    go('a', 6);
    go('a', 7);
    expect(asked).toHaveLength(1);
    asked[0]?.answer();
    await turn();
    expect(asked).toHaveLength(2);
    asked[1]?.answer();
    await turn();
    expect(pass.state.getState().answer?.network).toBe('a:7');
    expect(asked).toHaveLength(2);
    leave();
    go('a', 8);
    expect(asked).toHaveLength(2);
  });

  it('is ended by a person, and then waits for one, or for another network', async () => {
    const { pass, asked, go } = setUp(true);
    pass.watch(null);
    pass.cancel();
    await turn();
    expect(asked[0]?.isEnded()).toBe(true);
    expect(pass.state.getState()).toEqual({ running: null, answer: null, error: null });
    go('a', 5);
    expect(asked).toHaveLength(1);
    go('a', 6);
    expect(asked).toHaveLength(2);
  });

  it('ends when it is left, and begins anew when it is looked at again', async () => {
    const { pass, asked } = setUp(true);
    pass.watch(null)();
    expect(asked[0]?.isEnded()).toBe(true);
    pass.watch(null);
    await turn();
    expect(asked).toHaveLength(2);
  });

  it('drops what was said of another run, and ends what is asked about it', async () => {
    const { pass, asked, go } = setUp(true);
    pass.watch(null);
    asked[0]?.answer();
    await turn();
    go('a', 6);
    go('b', 0);
    expect(pass.state.getState().answer).toBeNull();
    expect(asked[1]?.isEnded()).toBe(true);
    await turn();
    expect(asked).toHaveLength(3);
  });

  it('says why there is no answer, once', async () => {
    const { pass, asked } = setUp(true);
    pass.watch(null);
    asked[0]?.fail();
    await turn();
    expect(pass.state.getState().error?.code).toBe('timeout');
    expect(asked).toHaveLength(1);
  });

  it('asks again by itself where it came before the images', async () => {
    vi.useFakeTimers();
    try {
      const { pass, asked } = setUp(true);
      pass.watch(null);
      asked[0]?.fail('not_ready');
      await vi.advanceTimersByTimeAsync(500);
      expect(pass.state.getState().error).toBeNull();
      expect(asked).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(1000);
      expect(asked).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('does not slow a run down unasked, before it knows that it is quick', async () => {
    const { pass, asked } = setUp(true, 'training');
    pass.watch(null);
    expect(asked).toHaveLength(0);
    pass.start(null);
    expect(asked).toHaveLength(1);
    asked[0]?.answer();
    await turn();
    expect(pass.state.getState().answer).not.toBeNull();
  });
});
