/** Runs out of storage: shown again as they stood, and gone on with. */
import { drawnFromSeed } from '@/model/weightsOrigin';
import { ancestorsOf } from '@/session/ancestors';
import { dismissRun, readRun, type ReadRun } from '@/session/lastRun';
import { prepare, preparingRun, type RunContext } from '@/session/runActions';
import type { SessionActions, SessionState } from '@/session/sessionState';
import { tabStorage } from '@/session/tabStorage';
import { configToPrepare } from '@/session/weightsActions';
import type { RunStore } from '@/storage/runs/runStore';

type RecordedRunActions = Pick<
  SessionActions,
  'openRun' | 'forgetRuns' | 'dismissLastRun' | 'closeRecordingProblem'
>;

/** The worker looks in storage itself, and finds it there. */
const nothingKept = {
  initial: { parameters: null, origin: drawnFromSeed },
  state: null,
  seconds: 0,
  events: [],
  testLosses: [],
  fullTestDue: false,
  isOver: false,
} as const;

/** Puts what was measured up to the run's last keyframe on show. */
function show(
  { store, metrics, statistics }: RunContext,
  read: ReadRun,
  parts: Pick<SessionState, 'comparison' | 'ancestors' | 'storedRunId'>,
): void {
  const { run, config, step, tests } = read;
  metrics.clear();
  statistics.clear();
  if (step > 0) metrics.append(read.metrics, read.times);
  statistics.append(read.statistics);
  store.setState(({ curvature, metricsVersion, statisticsVersion }) => ({
    curvature: { ...curvature, points: read.curvature, error: null },
    run: {
      ...preparingRun(run.id, config, run.origin),
      step,
      firstStep: run.parent?.step ?? 0,
      keptStep: step,
    },
    shown: null,
    ...parts,
    draft: config,
    lastRun: null,
    recovery: null,
    evaluations: tests,
    metricsVersion: metricsVersion + 1,
    statisticsVersion: statisticsVersion + 1,
  }));
}

export function createRecordedRunActions(
  context: RunContext,
  runs: () => Promise<RunStore>,
  confirmReplacing: () => Promise<boolean>,
): RecordedRunActions {
  const { store, client } = context;
  const takeOfferBack = (runIds: readonly string[]): void => {
    const { lastRun } = store.getState();
    if (lastRun !== null && runIds.includes(lastRun.run.id)) store.setState({ lastRun: null });
  };

  return {
    forgetRuns: (runIds) => {
      takeOfferBack(runIds);
      const state = store.getState();
      if (state.run !== null && runIds.includes(state.run.runId))
        prepare(context, configToPrepare(state), 'seed', drawnFromSeed);
    },
    openRun: async (runId, { train, asks = true }) => {
      const storage = await runs();
      const read = await readRun(storage, runId);
      if (read === null || read.run.deletedAt !== null) {
        takeOfferBack([runId]);
        return false;
      }
      if (asks && !(await confirmReplacing())) return false;
      const { parent } = read.run;
      const compared = parent === null ? null : (await storage.metrics(parent.runId)).values('loss');
      show(context, read, {
        comparison:
          parent !== null && compared !== null && compared.length > parent.step
            ? { ...parent, loss: compared }
            : null,
        ancestors: await ancestorsOf(read.run, storage),
        storedRunId: storage.obstacle === null ? runId : null,
      });
      client()?.send({ type: 'restore', runId, config: read.run.config, kept: nothingKept });
      if (train) client()?.send({ type: 'train', runId, until: 'end' });
      return true;
    },
    dismissLastRun: () => {
      const { lastRun } = store.getState();
      if (lastRun !== null) dismissRun(lastRun.run.id, tabStorage());
      store.setState({ lastRun: null });
    },
    closeRecordingProblem: () => {
      store.setState({ recordingProblem: null });
    },
  };
}
