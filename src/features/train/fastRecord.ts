/** The clock of "To 99% as fast as possible", and the shortest time in which this browser has done it. */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import * as v from 'valibot';
import { enoughAccuracy, isFastRun } from '@/model/fastPreset';
import { session, type Session } from '@/session/session';
import { browserStorage } from '@/session/settings';
import { isWholeRun, settingsNow } from '@/storage/runs/wholeRun';
import { TrainingClock } from '@/features/train/trainingClock';

const storageKey = 'digit-lab.fast-record';

const timeSchema = v.object({
  /** Of training, without tests. */
  seconds: v.pipe(v.number(), v.minValue(0)),
  /** Share of the 10,000 test images read right at the end. */
  accuracy: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
});

export type FastTime = Readonly<v.InferOutput<typeof timeSchema>>;

export interface FastRecordState {
  /** The run that finished last on this page; null before one did. */
  readonly last: FastTime | null;
  /** The shortest run of this browser that read enough right. */
  readonly record: FastTime | null;
}

export interface FastRecord {
  readonly store: StoreApi<FastRecordState>;
  /** Seconds that the run at hand has trained. */
  readonly seconds: () => number;
}

function loadRecord(storage: Pick<Storage, 'getItem'> | null): FastTime | null {
  try {
    const parsed = v.safeParse(timeSchema, JSON.parse(storage?.getItem(storageKey) ?? ''));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

function saveRecord(storage: Pick<Storage, 'setItem'> | null, record: FastTime): void {
  try {
    storage?.setItem(storageKey, JSON.stringify(record));
  } catch {
    // Private windows may forbid writing.
  }
}

/** Watches the session from now on; now: a clock in milliseconds. */
export function createFastRecord(
  { store: sessionStore, runs }: Pick<Session, 'store' | 'runs'>,
  storage: Pick<Storage, 'getItem' | 'setItem'> | null,
  now: () => number,
): FastRecord {
  const store = createStore<FastRecordState>(() => ({ last: null, record: loadRecord(storage) }));
  const clock = new TrainingClock();
  /** The run that this page saw from its first step on: of another the clock does not know the time. */
  let seen: string | null = null;
  /** That run, once it has finished, and its time. */
  let finished: { readonly runId: string; readonly seconds: number } | null = null;
  const take = async (runId: string, seconds: number): Promise<void> => {
    const run = await (await runs()).get(runId);
    // What was changed on the way, or began with weights, is no time to beat.
    if (run === null || !isWholeRun(run) || !isFastRun(settingsNow(run))) return;
    const accuracy = run.summary.lastAccuracy ?? 0;
    const last = { seconds, accuracy };
    const { record } = store.getState();
    const isRecord = accuracy >= enoughAccuracy && (record === null || last.seconds < record.seconds);
    store.setState({ last, record: isRecord ? last : record });
    if (isRecord) saveRecord(storage, last);
  };
  sessionStore.subscribe(({ run, recorded }, before) => {
    clock.observe(run, now());
    if (run !== null && run.runId !== before.run?.runId && run.step === 0) seen = run.runId;
    if (run?.phase === 'finished' && run.runId === seen && before.run?.phase !== 'finished')
      finished = { runId: run.runId, seconds: clock.seconds(now()) };
    if (recorded === before.recorded || recorded?.phase !== 'finished') return;
    if (recorded.runId !== finished?.runId) return;
    const { runId, seconds } = finished;
    finished = null;
    // A storage that fails keeps no time.
    take(runId, seconds).catch(() => undefined);
  });
  return { store, seconds: () => clock.seconds(now()) };
}

export const fastRecord = createFastRecord(session, browserStorage(), () => performance.now());

export const useFastRecord = (): FastRecordState => useStore(fastRecord.store);
