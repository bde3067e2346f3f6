/** How the state follows what the worker tells: pure, so that it can be tested without a worker. */
import { withPoint } from '@/model/curvature';
import { assertNever } from '@/model/layers';
import type { RunStatus, WorkerError } from '@/protocol/messages';
import type { CurvatureState, RunState, SessionState } from '@/session/sessionState';
import type { SessionEvent } from '@/session/trainerClient';

/** The state after an event. Events of a run that was replaced change nothing, and give back the same object. */
export function reduceEvent(state: SessionState, event: SessionEvent): SessionState {
  switch (event.type) {
    case 'backendProbing':
      return { ...state, backend: { kind: 'probing' } };
    case 'backendReady':
      return { ...state, backend: { kind: 'ready', backend: event.backend, probes: event.probes } };
    case 'backendFailed':
      return { ...state, backend: { kind: 'failed', error: event.error, probes: event.probes } };
    case 'backendLost': {
      const lostStep = state.run?.step ?? 0;
      return { ...state, recovery: { lost: event.backend, lostStep, step: null } };
    }
    case 'dataProgress': {
      const { loadedBytes, totalBytes, trainingImages, testImages, fromCache } = event;
      const progress = { loadedBytes, totalBytes, trainingImages, testImages, fromCache };
      return { ...state, data: { kind: 'loading', ...progress, error: null } };
    }
    case 'dataReady':
      return { ...state, data: { ...state.data, kind: 'ready', error: null } };
    case 'dataFailed':
      return { ...state, data: { ...state.data, kind: 'failed', error: event.error } };
    case 'dataSets':
      return { ...state, dataSets: { sets: event.sets, isPersistent: event.isPersistent } };
    case 'runData':
      return ofRun(state, event.runId, () => ({
        ...state,
        runWithoutData: event.isMissing ? event.runId : null,
      }));
    case 'runStatus':
      return ofRun(state, event.runId, (run) => withStatus(state, run, event.status));
    case 'metrics':
      return ofRun(state, event.runId, () => ({ ...state, metricsVersion: state.metricsVersion + 1 }));
    case 'statistics':
      return ofRun(state, event.runId, () => ({ ...state, statisticsVersion: state.statisticsVersion + 1 }));
    case 'evaluated':
      return ofRun(state, event.runId, () => {
        const { step, epoch, extent, loss, sumOfBatchMeans, accuracy, count, classes } = event;
        const point = { step, epoch, extent, loss, sumOfBatchMeans, accuracy, count, classes };
        return { ...state, evaluations: [...state.evaluations, point] };
      });
    case 'curvature':
      return ofRun(state, event.runId, () => ({
        ...state,
        curvature: { ...state.curvature, points: withPoint(state.curvature.points, event.point) },
      }));
    case 'curvatureFailed':
      return ofRun(state, event.runId, () => ({
        ...state,
        curvature: { ...state.curvature, settings: null, error: event.error },
      }));
    case 'runKept':
      return ofRun(state, event.runId, (run) => ({
        ...state,
        run: { ...run, keptStep: event.step },
        storedRunId: event.state === null ? event.runId : state.storedRunId,
      }));
    case 'runRecovered':
      return ofRun(state, event.runId, () => withRecovery(state, event.step));
    // For the page's RunKeeper.
    case 'runBegan':
    case 'runChanged':
      return state;
    case 'runRecorded':
      // Of the run before, too, which is written to its end.
      return { ...state, recorded: { runId: event.runId, phase: event.phase } };
    case 'recording':
      return ofRun(state, event.runId, () => ({
        ...state,
        recordingProblem: event.problem,
        storedRunId: event.problem === null ? state.storedRunId : null,
      }));
    case 'runFailed':
      return ofRun(state, event.runId, (run) => withFailure(state, run, event.error));
    default:
      return assertNever(event);
  }
}

function ofRun(state: SessionState, runId: string, change: (run: RunState) => SessionState): SessionState {
  return state.run?.runId === runId ? change(state.run) : state;
}

function withStatus(state: SessionState, run: RunState, status: RunStatus): SessionState {
  const next = { ...state, run: { ...run, ...status, error: null } };
  if (status.step >= run.step) return next;
  // A run that lost its device goes on from an earlier step; what was measured after it no longer holds.
  return {
    ...next,
    evaluations: state.evaluations.filter((point) => point.step <= status.step),
    curvature: curvatureUpTo(state, status.step),
    metricsVersion: state.metricsVersion + 1,
    statisticsVersion: state.statisticsVersion + 1,
  };
}

/** What was measured up to a step. */
export function curvatureUpTo({ curvature }: SessionState, step: number): CurvatureState {
  return { ...curvature, points: curvature.points.filter((point) => point.step <= step) };
}

function withFailure(state: SessionState, run: RunState, error: WorkerError): SessionState {
  return { ...state, run: { ...run, phase: 'failed', testedImages: null, error } };
}

/** Where nothing was trained, nothing was lost, and there is no news. */
function withRecovery(state: SessionState, step: number): SessionState {
  const { recovery } = state;
  if (recovery === null) return state;
  return { ...state, recovery: recovery.lostStep === 0 ? null : { ...recovery, step } };
}
