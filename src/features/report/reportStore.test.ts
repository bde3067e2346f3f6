import { expect, it, vi } from 'vitest';
import { reportRuns } from '@/report/reportRuns';
import { createReport, type Report } from './reportStore';
import { createSession, type Session } from '@/session/session';

const [large, small] = reportRuns;
if (large === undefined || small === undefined) throw new Error('The report has runs.');
const chosen = [large, small].map(({ id: runId }) => ({ runId, length: 'short' }) as const);
const excess = { kind: 'heap' as const, bytes: 5e9, allowed: 4e9, largestBatch: null };

function reportOf(askMemory: Session['actions']['askMemory']): { report: Report; started: string[] } {
  const session = createSession();
  const started: string[] = [];
  const actions: Session['actions'] = {
    ...session.actions,
    askMemory,
    confirmReplacing: () => Promise.resolve(true),
    startFresh: (config) => started.push(config.network.id),
  };
  const report = createReport({
    session: { ...session, actions },
    openDatabase: () => Promise.reject(new Error('none here')),
    storage: null,
  });
  return { report, started };
}

it('leaves out what the memory does not hold, says so, and goes on with the next', async () => {
  const { report, started } = reportOf((config) =>
    Promise.resolve(config.network.id === large.configs.short.network.id ? excess : null),
  );
  report.actions.runQueue(chosen);
  await vi.waitFor(() => expect(started).toEqual([small.configs.short.network.id]));
  expect(report.store.getState().queue.items.map(({ state }) => state)).toEqual(['too_large', 'running']);
});

it('starts nothing more where it is cancelled while the engine is asked', async () => {
  let answer: (need: null) => void = () => undefined;
  const asked = new Promise<null>((resolve) => {
    answer = resolve;
  });
  const { report, started } = reportOf(() => asked);
  report.actions.runQueue(chosen);
  await vi.waitFor(() => expect(report.store.getState().queue.phase).toBe('running'));
  report.actions.cancelQueue();
  answer(null);
  await asked;
  await Promise.resolve();
  expect(started).toEqual([]);
  expect(report.store.getState().queue.phase).toBe('idle');
});
