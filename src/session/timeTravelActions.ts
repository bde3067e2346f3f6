/** Looking back at earlier steps of the run at hand, and training on from one of them with other settings. */
import type { RunConfig } from '@/model/runConfig';
import { newRunId, preparingRun, type RunContext } from '@/session/runActions';
import { curvatureUpTo } from '@/session/reduceEvent';
import { isBranchable } from '@/session/selectors';
import type { SessionActions, ShownState } from '@/session/sessionState';

type TimeTravelActions = Pick<
  SessionActions,
  'showStep' | 'computeShownStep' | 'showNextKeyframe' | 'branch' | 'branchWith'
>;

export function createTimeTravelActions(context: RunContext): TimeTravelActions {
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
      change({ isMoving: false, error: error instanceof Error ? error.message : String(error) }, shown);
    }
  };
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
    else void show(Math.max(run.firstStep, Math.round(step)), false);
  };
  const branch = (step: number, config: RunConfig): void => {
    const { run, evaluations, comparison } = store.getState();
    const worker = client();
    if (run === null || worker === null || !isBranchable(store.getState(), config)) return;
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
      comparison: loss.length > step ? { runId: run.runId, step, loss } : comparison,
      evaluations: evaluations.filter((point) => point.step <= step),
      curvature: curvatureUpTo(state, step),
      metricsVersion: state.metricsVersion + 1,
      statisticsVersion: state.statisticsVersion + 1,
    }));
    worker.send({ type: 'branch', runId, config, parent: { runId: run.runId, step } });
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
      const steps = await worker.request('keyframeSteps', { runId: run.runId });
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
