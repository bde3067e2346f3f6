/** Weights as files, and the questions before weights are dropped. */
import { exportFormat } from '@/formats/exportFormats';
import { validateConfig } from '@/model/validate';
import type { RunConfig } from '@/model/runConfig';
import type { RunHistory } from '@/model/runHistory';
import { resultBackend } from '@/model/runResult';
import { readFrom } from '@/model/weightsOrigin';
import { draftToQuery } from '@/session/draftLink';
import { prepare, type RunContext } from '@/session/runActions';
import type { SessionActions, SessionState } from '@/session/sessionState';
import { hasUnsavedWeights, losesOnReplacing, weightsHeld } from '@/session/startPlan';
import type { TrainerClient } from '@/session/trainerClient';

type WeightsActions = Pick<
  SessionActions,
  'exportFile' | 'importWeights' | 'answerWeightsQuestion' | 'confirmReplacing'
>;

/** The configuration that a network is built with where none begins to train: the draft's, where it can be trained. */
export function configToPrepare({ run, draft }: SessionState): RunConfig {
  return run !== null && validateConfig(draft).length > 0 ? run.config : draft;
}

/** The address that opens this configuration. */
export function linkTo(config: RunConfig): string {
  return `${location.origin}/#${draftToQuery(config)}`;
}

/** What the page knows of the run at hand. */
function runHistory(
  { run, backend, evaluations }: SessionState,
  { metrics, statistics }: Pick<RunContext, 'metrics' | 'statistics'>,
): RunHistory | null {
  if (run === null) return null;
  const { runId, step, origin } = run;
  return {
    runId,
    step,
    origin,
    backend: backend.kind === 'ready' ? resultBackend(backend.backend) : null,
    metrics: metrics.block(),
    times: metrics.times(),
    statistics: statistics.steps,
    tests: evaluations,
  };
}

/** connected: the worker; @throws RequestError where there is none */
export function createWeightsActions(context: RunContext, connected: () => TrainerClient): WeightsActions {
  const { store, questions } = context;
  const confirm = async (config: RunConfig): Promise<boolean> =>
    (await questions.ask({ cause: 'replace', config, choices: ['seed'] })) !== null;
  return {
    exportFile: async (format, onProgress) => {
      const { run, draft } = store.getState();
      const runId = run?.runId;
      const config = run?.config ?? draft;
      const params = {
        format,
        config,
        link: linkTo(config),
        run: runHistory(store.getState(), context),
      };
      const exported = await connected().request('exportFile', params, ({ done }) => onProgress?.(done));
      const { step, fileName } = exported;
      if (!exportFormat(format).keepsWeights) return exported;
      if (runId !== undefined && store.getState().run?.runId === runId)
        store.setState({ savedWeights: { runId, step, fileName } });
      return exported;
    },
    importWeights: async (file) => {
      const config = configToPrepare(store.getState());
      const { network } = config;
      const { name: fileName } = file;
      const report = await connected().request('importWeights', { fileName, file, network });
      // Weights of another file are no loss: whoever chooses this one has that one too.
      const state = store.getState();
      const dropsTrained = weightsHeld(state).steps > 0 && hasUnsavedWeights(state);
      if (dropsTrained && !(await confirm(config))) return null;
      prepare(context, config, 'file', readFrom(fileName, report.nonFinite));
      return report;
    },
    answerWeightsQuestion: (choice) => {
      questions.answer(choice);
    },
    confirmReplacing: async () => {
      const state = store.getState();
      return !losesOnReplacing(state) || confirm(state.draft);
    },
  };
}
