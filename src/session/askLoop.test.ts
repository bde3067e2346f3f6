import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AskLoop } from '@/session/askLoop';
import { createSession } from '@/session/session';
import type { RunState } from '@/session/sessionState';

const { store } = createSession();
const { backend } = store.getState();
const ready = { kind: 'ready', backend: {}, probes: [] } as unknown as typeof backend;

function networkAt(step: number, phase: RunState['phase'] = 'paused'): void {
  const { draft } = store.getState();
  store.setState({
    backend: ready,
    run: {
      runId: 'a',
      config: draft,
      phase,
      step,
      error: null,
      firstStep: 0,
      keptStep: 0,
    } as unknown as RunState,
  });
}

interface Question {
  readonly params: object;
  readonly answer: (value: string) => Promise<void>;
  readonly fail: () => Promise<void>;
}

/** A loop whose questions wait for the test. */
function opened() {
  const questions: Question[] = [];
  const answers: (string | null)[] = [];
  const errors: unknown[] = [];
  const loop = new AskLoop<object, string>({
    store,
    ask: (params) =>
      new Promise<string>((resolve, reject) => {
        const settled = async (act: () => void): Promise<void> => {
          act();
          await vi.advanceTimersByTimeAsync(0);
        };
        questions.push({
          params,
          answer: (value) => settled(() => resolve(value)),
          fail: () => settled(() => reject(new Error('no'))),
        });
      }),
    onAnswer: (answered) => answers.push(answered === null ? null : answered.value),
    onError: (error) => errors.push(error),
    refreshMilliseconds: 200,
  });
  return { loop, questions, answers, errors };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  networkAt(0);
});
afterEach(() => vi.useRealTimers());

const [first, second] = [{}, {}];

describe('AskLoop', () => {
  it('asks one question at a time, and then the newest', async () => {
    const { loop, questions, answers } = opened();
    loop.show(first);
    loop.show({});
    loop.show(second);
    expect(questions).toHaveLength(1);
    await questions[0]?.answer('one');
    expect(questions.map(({ params }) => params)).toEqual([first, second]);
    await questions[1]?.answer('two');
    expect(answers).toEqual(['one', 'two']);
    expect(questions).toHaveLength(2);
  });

  it('asks again when the network moved: at once while it rests, after a pause while it trains', async () => {
    const { loop, questions } = opened();
    loop.show(first);
    await questions[0]?.answer('0');
    networkAt(1);
    loop.ask();
    expect(questions).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(100);
    await questions[1]?.answer('1');
    networkAt(2, 'training');
    loop.ask();
    // The answer took 100 ms: eight times that is left to training.
    await vi.advanceTimersByTimeAsync(790);
    expect(questions).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(20);
    expect(questions).toHaveLength(3);
  });

  it('tells of a failure, and asks again only when something changed', async () => {
    const { loop, questions, errors } = opened();
    loop.show(first);
    await questions[0]?.fail();
    loop.ask();
    expect([questions.length, errors.length]).toEqual([1, 1]);
    networkAt(1);
    loop.ask();
    expect(questions).toHaveLength(2);
  });

  it('asks a network again that went away while it was asked and came back', async () => {
    const { loop, questions } = opened();
    loop.show(first);
    store.setState({ backend: { kind: 'probing' } });
    loop.ask();
    networkAt(0);
    await questions[0]?.fail();
    expect(questions).toHaveLength(2);
  });

  it('says nothing once it is closed, and forgets the answer where nothing is asked', async () => {
    const { loop, questions, answers } = opened();
    loop.show(first);
    loop.show(null);
    await questions[0]?.answer('late');
    expect(answers).toEqual([null]);
    loop.close();
    loop.show(second);
    expect(questions).toHaveLength(1);
  });
});
