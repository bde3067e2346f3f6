/** Looking back at earlier steps of the run at hand, and training on from one of them with other settings. */
import type { RunConfig } from '@/model/runConfig';
import { newRunId, preparingRun, type RunContext } from '@/session/runActions';
import { curvatureUpTo } from '@/session/reduceEvent';
import { ancestorsOf } from '@/session/ancestors';
import { asWorkerError } from '@/session/pendingRequests';
import { earliestStep, isBranchable } from '@/session/selectors';
import type { SessionActions, ShownState } from '@/session/sessionState';
import type { RunStore } from '@/storage/runs/runStore';

type TimeTravelActions = Pick<
  SessionActions,
  'showStep' | 'computeShownStep' | 'showNextKeyframe' | 'branch' | 'branchWith'
>;

export function createTimeTravelActions(
  context: RunContext,
  runs: () => Promise<RunStore>,
): TimeTravelActions {
  const { store, client, metrics, statistics } = context;
  /** What is asked for now: an answer to anything else comes too late. */
  let asked: ShownState | null = null;

  const change = (part: Partial<ShownState>, of: ShownState): void => {
    const { shown } = store.getState();
    if (shown !== null && asked === of) store.setState({ shown: { ...shown, ...part } });
  };
  const show = async (step: number, exactly: boolean): Promise<void> => {
    const { run, shown: before } = store.getState();
    const worker = client();
    if (run === null || worker === null) return;
    const { runId } = run;
    // What is on show stays until the other is there.
    const shown: ShownState = {
      step,
      at: before?.at ?? null,
      isMoving: true,
      passed: null,
      secondsToExact: null,
      difference: null,
      error: null,
    };
    asked = shown;
    store.setState({ shown });
    try {
      const answer = await worker.request('showStep', { runId, step, exactly }, ({ step: passed }) =>
        change({ passed }, shown),
      );
      if (answer === null) return;
      const { step: at, ...figures } = answer;
      change({ at, ...figures, isMoving: false, passed: null }, shown);
    } catch (error) {
      change({ isMoving: false, error: asWorkerError(error) }, shown);
    }
  };
  // A step that could not be computed is, once its data, or an engine, is there.
  store.subscribe(({ shown, dataSets, backend }, before) => {
    const code = shown?.error?.code;
    const hasData = code === 'data_missing' && dataSets !== before.dataSets;
    const hasEngine = code === 'not_ready' && backend.kind === 'ready' && before.backend.kind !== 'ready';
    if (shown !== null && (hasData || hasEngine)) void show(shown.step, false);
  });
  const leave = (): void => {
    const { run, shown } = store.getState();
    if (shown === null || run === null) return;
    asked = null;
    client()
      ?.request('showStep', { runId: run.runId, step: null, exactly: false })
      .catch(() => undefined);
    // Views ask as soon as they hear of it.
    store.setState({ shown: null });
  };
  const showStep: SessionActions['showStep'] = (step) => {
    const { run } = store.getState();
    if (run === null || step === null || step >= run.step) leave();
    else void show(Math.max(earliestStep(store.getState()), Math.round(step)), false);
  };
  const findAncestors = async (runId: string, branched: Parameters<typeof ancestorsOf>[0]): Promise<void> => {
    const ancestors = await ancestorsOf(branched, await runs());
    if (store.getState().run?.runId === runId) store.setState({ ancestors });
  };
  const branch = (step: number, config: RunConfig): void => {
    const { run, evaluations, comparison } = store.getState();
    const worker = client();
    if (run === null || worker === null || !isBranchable(store.getState(), config, step)) return;
    const runId = newRunId();
    const loss = metrics.values('loss').slice();
    asked = null;
    metrics.truncate(step);
    statistics.truncate(step);
    store.setState((state) => ({
      run: { ...preparingRun(runId, config, run.origin), step, firstStep: step, keptStep: step },
      draft: config,
      shown: null,
      recovery: null,
      ancestors: [],
      comparison: loss.length > step ? { runId: run.runId, step, loss } : comparison,
      evaluations: evaluations.filter((point) => point.step <= step),
      curvature: curvatureUpTo(state, step),
      metricsVersion: state.metricsVersion + 1,
      statisticsVersion: state.statisticsVersion + 1,
    }));
    const parent = { runId: run.runId, step };
    // Where storage fails, one cannot look back beyond the branch.
    void findAncestors(runId, { config, parent }).catch(() => undefined);
    worker.send({ type: 'branch', runId, config, parent });
    worker.send({ type: 'train', runId, until: 'end' });
  };

  return {
    showStep,
    computeShownStep: () => {
      const { shown } = store.getState();
      if (shown !== null) void show(shown.step, true);
    },
    showNextKeyframe: async (direction) => {
      const { run } = store.getState();
      const worker = client();
      if (run === null || worker === null) return;
      const own = { runId: run.runId, firstStep: run.firstStep, end: Infinity };
      const kept = [own, ...store.getState().ancestors].map(async ({ runId, firstStep, end }) =>
        (await worker.request('keyframeSteps', { runId })).filter((step) => step >= firstStep && step <= end),
      );
      const steps = (await Promise.all(kept)).flat().toSorted((a, b) => a - b);
      const { shown } = store.getState();
      const from = shown?.step ?? run.step;
      const next =
        direction === 1 ? steps.find((step) => step > from) : steps.findLast((step) => step < from);
      if (next !== undefined) showStep(next);
      else if (direction === 1) leave();
    },
    branch: () => {
      const { shown, draft } = store.getState();
      if (shown !== null) branch(shown.at ?? shown.step, draft);
    },
    branchWith: branch,
  };
}
