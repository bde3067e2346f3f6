// The queue's states over a session whose worker is played by hand: what the trainer would tell is told here.
import { describe, expect, it, vi } from 'vitest';
import { mnist } from '@/model/dataSet';
import { reportRuns } from '@/report/reportRuns';
import { totalSteps } from '@/model/learningRate';
import type { RunConfig } from '@/model/runConfig';
import { createSession, type Session } from '@/session/session';
import type { RunPhase } from '@/protocol/messages';
import { preparingRun } from '@/session/runActions';
import { drawnFromSeed } from '@/model/weightsOrigin';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import type { RecordedRun } from '@/storage/runs/runSchema';
import { runOf } from '@/storage/testing/runWrites';
import { createQueue, type RunQueue } from './createQueue';
import type { ItemState } from './runQueue';

const [large, small] = reportRuns;
if (large === undefined || small === undefined) throw new Error('The report has runs.');
const chosen = [large, small].map(({ configs }) => ({ config: configs.short, sweep: null }));
const excess = { kind: 'heap' as const, bytes: 5e9, allowed: 4e9, largestBatch: null };

function storageOf(): Storage {
  const entries = new Map<string, string>();
  return {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
    removeItem: (key: string) => void entries.delete(key),
  } as unknown as Storage;
}

class Bench {
  readonly kept = memoryRuns();
  readonly started: string[] = [];
  readonly session: Session;
  readonly queue: RunQueue;
  #runs = 0;

  constructor(
    storage: Storage | null = storageOf(),
    change: Partial<Session['actions']> = {},
    kept = memoryRuns(),
  ) {
    this.kept = kept;
    const session = createSession();
    const show = (runId: string, config: RunConfig): void =>
      session.store.setState({ run: preparingRun(runId, config, drawnFromSeed) });
    this.session = {
      ...session,
      runs: () => Promise.resolve(kept),
      actions: {
        ...session.actions,
        askMemory: () => Promise.resolve(null),
        confirmReplacing: () => Promise.resolve(true),
        startFresh: (config) => {
          this.#runs += 1;
          this.started.push(config.network.id);
          show(`run-${this.#runs}`, config);
        },
        openRun: async (runId) => {
          const run = await kept.get(runId);
          if (run !== null) show(runId, run.config);
          this.started.push(`again ${runId}`);
          return run !== null;
        },
        pause: () => this.phase('paused'),
        resume: () => this.phase('training'),
        stop: () => this.phase('stopped'),
        ...change,
      },
    };
    this.queue = createQueue(this.session, storage);
  }

  phase(phase: RunPhase): void {
    this.session.store.setState(({ run }) => (run === null ? {} : { run: { ...run, phase } }));
  }

  /** As the trainer and its recorder do it; `record`: what of the record is unlike that of a run as it was set. */
  async finish(record: Partial<RecordedRun> = {}): Promise<void> {
    const { run } = this.session.store.getState();
    if (run === null) throw new Error('no run');
    await this.write(run.runId, run.config, { phase: 'finished', ...record });
    this.phase('finished');
    this.session.store.setState({ recorded: { runId: run.runId, phase: 'finished' } });
  }

  async write(runId: string, config: RunConfig, record: Partial<RecordedRun>): Promise<void> {
    const steps = totalSteps(config);
    const whole = runOf(runId, steps);
    const summary = { ...whole.summary, lastAccuracy: 0.9 };
    await this.kept.write({
      run: { ...whole, config, summary, ...record },
      truncate: null,
      metrics: [],
      statistics: [],
      curvature: [],
      tests: [],
      keyframes: [],
      dropKeyframes: [],
    });
  }

  get states(): ItemState[] {
    return this.queue.store.getState().queue.items.map(({ state }) => state);
  }

  get phaseOfQueue(): string {
    return this.queue.store.getState().queue.phase;
  }
}

const [largeId, smallId] = [large.configs.short.network.id, small.configs.short.network.id];

async function begun(...args: ConstructorParameters<typeof Bench>): Promise<Bench> {
  const bench = new Bench(...args);
  await bench.queue.connect({ resumes: true });
  await bench.queue.actions.add(chosen);
  await vi.waitFor(() => expect(bench.started).toHaveLength(1));
  bench.phase('training');
  return bench;
}

describe('a queue', () => {
  it('trains one after the other, and tells what was changed on the way', async () => {
    const bench = await begun();
    expect([bench.started, bench.states]).toEqual([[largeId], ['running', 'waiting']]);
    await bench.finish({ switchedEngine: true });
    await vi.waitFor(() => expect(bench.started).toEqual([largeId, smallId]));
    expect(bench.states).toEqual(['changed', 'running']);
    await bench.finish();
    await vi.waitFor(() => expect(bench.phaseOfQueue).toBe('idle'));
    expect(bench.states).toEqual(['changed', 'done']);
  });

  it('gives Train the settings back that stood there, unless a person has changed them', async () => {
    const storage = storageOf();
    const before = new Bench(storage);
    const draft = { ...small.configs.full, seed: 77 };
    before.session.store.setState({ draft });
    await before.queue.actions.add(chosen);
    await vi.waitFor(() => expect(before.started).toHaveLength(1));
    const bench = new Bench(storage, {}, before.kept);
    // As its tab kept it.
    bench.session.store.setState({ draft: large.configs.short });
    await bench.queue.connect({ resumes: true });
    const train = async (): Promise<void> => {
      for (const { config } of chosen) {
        await vi.waitFor(() => expect(bench.session.store.getState().run?.config).toEqual(config));
        // As the start of a run does it.
        bench.session.store.setState({ draft: config });
        await bench.finish();
      }
    };
    await train();
    await vi.waitFor(() => expect(bench.phaseOfQueue).toBe('idle'));
    expect(bench.session.store.getState().draft).toEqual(draft);

    await bench.queue.actions.add(chosen);
    await train();
    const mine = { ...draft, seed: 78 };
    bench.session.store.setState({ draft: mine });
    await vi.waitFor(() => expect(bench.phaseOfQueue).toBe('idle'));
    expect(bench.session.store.getState().draft).toBe(mine);
  });

  it('takes more while it runs', async () => {
    const bench = await begun();
    await bench.queue.actions.add(chosen.slice(1));
    expect(bench.states).toEqual(['running', 'waiting', 'waiting']);
    expect(bench.started).toEqual([largeId]);
  });

  it('says what the storage did not take', async () => {
    const bench = await begun();
    bench.phase('finished');
    bench.session.store.setState({ recordingProblem: 'failed' });
    await vi.waitFor(() => expect(bench.states).toEqual(['unkept', 'running']));
  });

  it('goes on with the next where one fails, and stands still where the device is lost', async () => {
    const bench = await begun();
    bench.phase('failed');
    await vi.waitFor(() => expect(bench.states).toEqual(['failed', 'running']));
    bench.session.store.setState(({ run }) =>
      run === null
        ? {}
        : { run: { ...run, phase: 'failed', error: { code: 'device', message: '', subject: null } } },
    );
    await vi.waitFor(() => expect(bench.states).toEqual(['failed', 'waiting']));
    expect(bench.phaseOfQueue).toBe('interrupted');
  });

  it('pauses and goes on with its run, whoever pauses it', async () => {
    const bench = await begun();
    bench.queue.actions.pause();
    expect([bench.phaseOfQueue, bench.states]).toEqual(['paused', ['running', 'waiting']]);
    bench.queue.actions.resume();
    expect(bench.phaseOfQueue).toBe('running');
    // On Train.
    bench.phase('paused');
    expect(bench.phaseOfQueue).toBe('paused');
    bench.phase('training');
    expect([bench.phaseOfQueue, bench.started]).toEqual(['running', [largeId]]);
  });

  it('stands still where a person takes the trainer, and then goes on with the run that was cut', async () => {
    const bench = await begun();
    await bench.write('run-1', large.configs.short, { phase: 'paused' });
    bench.session.store.setState({ run: preparingRun('mine', small.configs.full, drawnFromSeed) });
    await vi.waitFor(() => expect(bench.phaseOfQueue).toBe('interrupted'));
    bench.queue.actions.resume();
    await vi.waitFor(() => expect(bench.started).toEqual([largeId, 'again run-1']));
    bench.phase('training');
    await bench.finish();
    await vi.waitFor(() => expect(bench.states).toEqual(['done', 'running']));
  });

  it('forgets everything, and stops its run', async () => {
    const bench = await begun();
    bench.queue.actions.cancel();
    expect([bench.phaseOfQueue, bench.states]).toEqual(['idle', []]);
    expect(bench.session.store.getState().run?.phase).toBe('stopped');
  });
});

describe('after a reload', () => {
  it('goes on with the run that was cut, and does not train again what had finished', async () => {
    const storage = storageOf();
    const before = await begun(storage);
    await before.write('run-1', large.configs.short, { phase: 'training' });
    const after = new Bench(storage, {}, before.kept);
    await after.queue.connect({ resumes: true });
    await vi.waitFor(() => expect(after.started).toEqual(['again run-1']));

    // Cut between a run's end and the next one's start.
    await after.write('run-1', large.configs.short, { phase: 'finished' });
    const later = new Bench(storage, {}, before.kept);
    await later.queue.connect({ resumes: true });
    await vi.waitFor(() => expect(later.started).toEqual([smallId]));
    expect(later.states).toEqual(['done', 'running']);
  });

  it('begins again what was deleted, or never recorded', async () => {
    const storage = storageOf();
    const before = await begun(storage);
    await before.write('run-1', large.configs.short, { phase: 'paused', deletedAt: 5 });
    const after = new Bench(storage, {}, before.kept);
    await after.queue.connect({ resumes: true });
    await vi.waitFor(() => expect(after.started).toEqual([largeId]));
    const other = new Bench(storage);
    await other.queue.connect({ resumes: true });
    await vi.waitFor(() => expect(other.started).toEqual([largeId]));
  });

  it('waits to be told where it was paused, or the page came with a link', async () => {
    const storage = storageOf();
    const before = await begun(storage);
    const linked = new Bench(storage, {}, before.kept);
    await linked.queue.connect({ resumes: false });
    expect([linked.phaseOfQueue, linked.started]).toEqual(['interrupted', []]);
    before.queue.actions.pause();
    const after = new Bench(storage, {}, before.kept);
    await after.queue.connect({ resumes: true });
    expect([after.phaseOfQueue, after.started]).toEqual(['interrupted', []]);
    after.queue.actions.resume();
    await vi.waitFor(() => expect(after.started).toHaveLength(1));
  });
});

it('takes nothing where another tab has the queue, and goes on where that has let go', async () => {
  let isFree = false;
  const request = (
    _name: string,
    _options: unknown,
    act: (lock: object | null) => unknown,
  ): Promise<unknown> => Promise.resolve(act(isFree ? {} : null));
  vi.stubGlobal('navigator', { locks: { request } });
  const bench = new Bench();
  expect(await bench.queue.actions.add(chosen)).toBe(false);
  expect([bench.phaseOfQueue, bench.started]).toEqual(['elsewhere', []]);
  isFree = true;
  bench.queue.actions.resume();
  await vi.waitFor(() => expect(bench.started).toEqual([largeId]));
  vi.unstubAllGlobals();
});

it('leaves out what the memory does not hold, says so, and goes on with the next', async () => {
  const bench = new Bench(null, {
    askMemory: (config) => Promise.resolve(config.network.id === largeId ? excess : null),
  });
  void bench.queue.actions.add(chosen);
  await vi.waitFor(() => expect(bench.started).toEqual([smallId]));
  expect(bench.states).toEqual(['too_large', 'running']);
  expect(bench.queue.store.getState().outlivesReload).toBe(false);
});

it('leaves out what has no data here, says so, and goes on with the next', async () => {
  const bench = new Bench();
  const data = { ...mnist, sha256: 'a'.repeat(64), name: 'Bars' };
  bench.session.store.setState({ dataSets: { sets: [], isPersistent: true } });
  const lacking = { config: { ...large.configs.short, data }, sweep: null };
  void bench.queue.actions.add([lacking, ...chosen.slice(1)]);
  await vi.waitFor(() => expect(bench.started).toEqual([smallId]));
  expect(bench.states).toEqual(['no_data', 'running']);
});

it('starts nothing more where it is cancelled while the engine is asked', async () => {
  let answer: (need: null) => void = () => undefined;
  const asked = new Promise<null>((resolve) => {
    answer = resolve;
  });
  const bench = new Bench(storageOf(), { askMemory: () => asked });
  void bench.queue.actions.add(chosen);
  await vi.waitFor(() => expect(bench.phaseOfQueue).toBe('running'));
  bench.queue.actions.cancel();
  answer(null);
  await asked;
  await Promise.resolve();
  expect([bench.started, bench.phaseOfQueue]).toEqual([[], 'idle']);
});
