/** What views derive from the state. */
import type { ExportFormat } from '@/formats/exportFormats';
import { dataKey, isMnist, type DataSpec } from '@/model/dataSet';
import { sameConfig, type RunConfig } from '@/model/runConfig';
import { sharesWeights } from '@/model/weightsOrigin';
import type { RunPhase } from '@/protocol/messages';
import type { Ancestor } from '@/session/ancestors';
import type { SessionState } from '@/session/sessionState';

/** Steps are being taken, or will be as soon as the data, or another engine, is there. */
export function isTraining(phase: RunPhase | undefined): boolean {
  return phase === 'training' || phase === 'waiting' || phase === 'recovering';
}

/** Id of the run at hand, where nothing trains it; null: there is none, or it trains. */
export function restingRun({ run }: SessionState): string | null {
  return run === null || isTraining(run.phase) ? null : run.runId;
}

/** A run with trained steps that can go on: replacing it would lose work. */
export function isUnderWay(state: SessionState): boolean {
  const { run } = state;
  if (run === null) return false;
  return isTraining(run.phase) || run.phase === 'paused' || isWaitingForBackend(state);
}

/** The device was lost; another backend takes the run over. */
export function isWaitingForBackend({ run }: SessionState): boolean {
  return run?.phase === 'failed' && run.error?.code === 'device';
}

/** What the network on show is trained on: of the run at hand, else of the draft. Undefined: MNIST. */
export function shownData({ run, draft }: SessionState): DataSpec | undefined {
  return (run?.config ?? draft).data;
}

/** How many test images of the data on show can be had now. */
export function shownTestImages(state: SessionState): number {
  const data = shownData(state);
  if (data === undefined || isMnist(data)) return state.data.testImages;
  return isKept(state, data) ? data.testImages : 0;
}

/** Whether data is here; also before it is known which is. Drawings that a run mixed in are the worker's to find. */
export function isKept({ dataSets }: SessionState, data: DataSpec | undefined): boolean {
  if (data === undefined || isMnist(data) || dataSets === null) return true;
  return dataSets.sets.some(({ sha256 }) => sha256 === data.sha256);
}

/** A worker is there that hears what it is told, sooner or later. */
export function hasWorker({ worker }: SessionState): boolean {
  return worker !== 'stopped' && worker !== 'crashed';
}

/** Whether a network is there that can answer. */
export function canPredict({ run, backend }: SessionState): boolean {
  return backend.kind === 'ready' && run !== null && run.phase !== 'preparing' && run.phase !== 'failed';
}

/** Whether a file of this format can be made now. */
export function canExport(state: SessionState, { needs }: ExportFormat): boolean {
  switch (needs) {
    case 'config':
      return true;
    case 'weights':
      return canPredict(state);
    case 'run':
      return (state.run?.step ?? 0) > 0;
    default:
      return needs satisfies never;
  }
}

/** Which network answers: another answer is due when this changes. Null where none does, or an earlier one is on its way. */
export function networkVersion(state: SessionState): string | null {
  const { run, shown } = state;
  if (!canPredict(state) || run === null) return null;
  if (shown !== null) return shown.at === null ? null : `${run.runId}:${shown.at}:shown`;
  return `${run.runId}:${run.step}`;
}

/** The network on show changes while it trains. */
export function followsTraining({ run, shown }: SessionState): boolean {
  return shown === null && isTraining(run?.phase);
}

/** The first step that can be gone back to, in the run at hand or its ancestors. */
export function earliestStep({ run, ancestors }: SessionState): number {
  return ancestors.at(-1)?.firstStep ?? run?.firstStep ?? 0;
}

/** Whose step it was, before the run at hand branched; null: its own. */
export function ancestorAt({ run, ancestors }: SessionState, step: number): Ancestor | null {
  if (run === null || step >= run.firstStep) return null;
  return ancestors.find(({ firstStep }) => step >= firstStep) ?? null;
}

/** Whether a run of this configuration can go on from a step of the run at hand, and would be another one. */
export function isBranchable(state: SessionState, config: RunConfig, step: number): boolean {
  const { run } = state;
  if (run === null || !sharesWeights(run.config.network, config.network)) return false;
  return !sameConfig(ancestorAt(state, step)?.config ?? run.config, config);
}

/** The controls say something else than what the current run trains with: a start or reset takes it over. */
export function draftDiffers({ run, draft }: SessionState): boolean {
  return run !== null && !sameConfig(run.config, draft);
}

/** The two configurations give the same fresh network, for the same data. */
export function sameFreshNetwork(a: RunConfig, b: RunConfig): boolean {
  const part = ({ network, input, seed, data }: RunConfig): string =>
    JSON.stringify({ network, input, seed, data: dataKey(data), classes: data?.classNames });
  return part(a) === part(b);
}
