/**
 * What becomes of the weights on show when training starts, begins anew, or a file is loaded: pure decisions. Weights that
 * were loaded or trained are kept where they can be, and never dropped without a question.
 */
import { assertNever } from '@/model/layers';
import { sameConfig, type RunConfig } from '@/model/runConfig';
import { totalSteps } from '@/model/learningRate';
import {
  drawnFromSeed,
  isUntrained,
  sharesWeights,
  trainedFor,
  type WeightsOrigin,
} from '@/model/weightsOrigin';
import { isTraining, isUnderWay, isWaitingForBackend } from '@/session/selectors';
import type { RunState, SessionState, StartChoice } from '@/session/sessionState';

export interface StartPlan {
  /** Ways to go on, one that keeps most first; a question lets a person keep everything as it is besides. */
  readonly choices: readonly [StartChoice, ...StartChoice[]];
  /** Whether a person has to choose; else the first is taken. */
  readonly asks: boolean;
}

/** Nothing is left of what it trained: it failed, and no other engine takes it over. What it began with is kept. */
function isLost(state: SessionState): boolean {
  return state.run?.phase === 'failed' && !isWaitingForBackend(state);
}

/** What the weights that are there went through: the worker's, also while it does not answer; after a crash the page's. */
export function weightsHeld(state: SessionState): WeightsOrigin {
  const { run, worker } = state;
  if (run === null || worker === 'stopped') return drawnFromSeed;
  if (worker === 'crashed') return trainedFor(run.origin, run.keptStep);
  return isLost(state) ? run.origin : trainedFor(run.origin, run.step);
}

/** What the weights on show went through: where a person looks back, up to there. */
export function weightsShown(state: SessionState): WeightsOrigin {
  const { run, shown } = state;
  if (run === null || shown === null || shown.at === null) return weightsHeld(state);
  return trainedFor(run.origin, shown.at);
}

/** Weights are there that no seed can draw again, and that were not saved as they stand. */
export function hasUnsavedWeights(state: SessionState): boolean {
  const { run, savedWeights } = state;
  const isSaved =
    savedWeights !== null && savedWeights.runId === run?.runId && savedWeights.step === run.step;
  return !isSaved && !isUntrained(weightsHeld(state));
}

/** Whether another run in the place of the one on show loses its weights: no storage has them as they stand. */
export function losesOnReplacing(state: SessionState): boolean {
  const { run, storedRunId } = state;
  const isKept = run !== null && storedRunId === run.runId && run.keptStep === run.step;
  return !isKept && hasUnsavedWeights(state);
}

/** Whether leaving the page loses something: what no storage keeps. */
export function losesOnLeaving(state: SessionState): boolean {
  if (state.run !== null && state.storedRunId === state.run.runId) return false;
  return state.worker !== 'stopped' && (isTraining(state.run?.phase) || hasUnsavedWeights(state));
}

/** The run trains on as it is: the settings differ from its own in what can change in flight, if at all. */
function continues(run: RunState, config: RunConfig): boolean {
  const { epochs, learningRate } = config;
  return sameConfig({ ...run.config, epochs, learningRate }, config) && totalSteps(config) > run.step;
}

/** Whether a run that has ended can go on with the draft's settings, such as more epochs. */
export function canContinue({ run, draft }: SessionState): boolean {
  return run !== null && (run.phase === 'finished' || run.phase === 'stopped') && continues(run, draft);
}

/** Other epochs for the run under way, and nothing else, are asked for. */
export function canChangeEpochs(state: SessionState): boolean {
  const { run, draft } = state;
  return run !== null && isUnderWay(state) && run.config.epochs !== draft.epochs && continues(run, draft);
}

const atOnce = (choice: StartChoice): StartPlan => ({ choices: [choice], asks: false });

/** How training starts with this configuration. */
export function startPlan(state: SessionState, config: RunConfig): StartPlan {
  const { run } = state;
  if (run === null) return atOnce('seed');
  const isReady = run.phase === 'preparing' || run.phase === 'ready';
  if (isReady && sameConfig(run.config, config)) return atOnce('continue');
  const held = weightsHeld(state);
  if (isUntrained(held)) return atOnce('seed');
  const keeps = sharesWeights(run.config.network, config.network);
  const isAtStart = run.step === 0 || isLost(state);
  if (isAtStart && keeps && run.config.seed === config.seed) return atOnce('initial');
  const choices: [StartChoice, ...StartChoice[]] = ['seed'];
  if (keeps && !isUntrained(run.origin)) choices.unshift('initial');
  if (keeps && !isAtStart) choices.unshift('current');
  if (!isReady && !isLost(state) && continues(run, config)) choices.unshift('continue');
  return { choices, asks: choices.length > 1 || hasUnsavedWeights(state) };
}

/** Whether a run with this configuration would start from weights that were loaded, or trained before. */
export function startsFromWeights(state: SessionState, config: RunConfig): boolean {
  const { run } = state;
  const { choices, asks } = startPlan(state, config);
  return run !== null && !isUntrained(run.origin) && !asks && choices[0] !== 'seed';
}

/** How the network is put back to its beginning. */
export function resetPlan(state: SessionState): StartPlan {
  const { run, draft } = state;
  if (run === null || isUntrained(weightsHeld(state))) return atOnce('seed');
  const wasTrained = run.step > 0 || isLost(state);
  const canGoBack =
    wasTrained && !isUntrained(run.origin) && sharesWeights(run.config.network, draft.network);
  return canGoBack
    ? { choices: ['initial', 'seed'], asks: true }
    : { choices: ['seed'], asks: hasUnsavedWeights(state) };
}

/** What the weights of the next run will have gone through. */
export function originOf(state: SessionState, choice: Exclude<StartChoice, 'continue'>): WeightsOrigin {
  switch (choice) {
    case 'seed':
      return drawnFromSeed;
    case 'current':
      return weightsHeld(state);
    case 'initial':
      return state.run?.origin ?? drawnFromSeed;
    default:
      return assertNever(choice);
  }
}
