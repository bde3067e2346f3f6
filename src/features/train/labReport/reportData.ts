/** What a lab report tells of: the run at hand, and runs of storage beside it. */
import type { Diagnosis } from '@/doctor/diagnosis';
import { followsSchedule } from '@/model/learningRate';
import { stepsPerEpoch } from '@/model/runConfig';
import { epochLosses } from '@/model/testFigures';
import type { ResultBackend } from '@/model/runResult';
import { resultBackend } from '@/model/runResult';
import type { RunConfig } from '@/model/runConfig';
import { configAt } from '@/model/runEvents';
import type { EvaluationPoint, TestPredictions } from '@/model/testFigures';
import { ChartSeries, type ChartPoint } from '@/session/chartSeries';
import { RequestError } from '@/session/pendingRequests';
import { session } from '@/session/session';
import { linkTo } from '@/session/weightsActions';
import type { RecordedRun } from '@/storage/runs/runSchema';
import type { RunStore } from '@/storage/runs/runStore';

/** What the network on show reads; it may be that of an earlier step. */
export interface ReadPredictions extends TestPredictions {
  /** Steps behind it. */
  readonly step: number;
}

/** A run's figures, as a chart and a row of a table show them. */
export interface ReportedRun {
  readonly config: RunConfig;
  readonly steps: number;
  readonly losses: readonly ChartPoint[];
  /** On all test images, in order. */
  readonly tests: readonly EvaluationPoint[];
  /** Spent training; null where that is not known. */
  readonly seconds: number | null;
}

export interface ComparedRun extends ReportedRun {
  readonly name: string;
}

export interface ReportData extends ReportedRun {
  readonly link: string;
  /** The file that its first weights came from. */
  readonly fileName: string | null;
  readonly isRateChanged: boolean;
  readonly backend: ResultBackend | null;
  readonly diagnoses: readonly Diagnosis[];
  /** Null where there are no test images. */
  readonly predictions: ReadPredictions | null;
  readonly others: readonly ComparedRun[];
}

const isFull = ({ extent }: EvaluationPoint): boolean => extent === 'full';

async function readPredictions(onProgress: (done: number) => void): Promise<ReadPredictions | null> {
  try {
    return await session.actions.testPredictions(onProgress);
  } catch (error) {
    if (error instanceof RequestError) return null;
    throw error;
  }
}

async function comparedRun(
  store: RunStore,
  id: string,
  smoothing: number,
  language: string,
): Promise<ComparedRun[]> {
  const run = await store.get(id);
  if (run === null) return [];
  const [metrics, tests] = await Promise.all([store.metrics(id), store.tests(id)]);
  const series = new ChartSeries(smoothing, 1);
  for (const value of metrics.values('loss')) series.append(value);
  return [
    {
      name: runName(run, language),
      config: configAt(run.config, run.events, Infinity),
      steps: run.summary.steps,
      losses: series.points(),
      tests: tests.filter(isFull),
      seconds: run.summary.seconds,
    },
  ];
}

/** What a person called it, or its network and when it began. */
export function runName({ notes, config, createdAt }: RecordedRun, language: string): string {
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
  return notes.name === '' ? `${config.network.name}, ${date.format(createdAt)}` : notes.name;
}

/** @param others ids of runs in storage. @throws RangeError where there is no run */
export async function readReportData(
  store: RunStore,
  others: readonly string[],
  language: string,
  onProgress: (done: number) => void,
): Promise<ReportData> {
  const { run, backend, evaluations, diagnoses, settings } = session.store.getState();
  if (run === null) throw new RangeError('There is no run to report.');
  const { config, origin } = run;
  const { firstStep } = session.metrics.block();
  const losses = session.metrics.chart('loss', settings.smoothing);
  const testLosses = epochLosses(evaluations, stepsPerEpoch(config));
  const rates = session.metrics.values('learningRate');
  const recorded = await store.get(run.runId);
  const compared = await Promise.all(
    others.map((id) => comparedRun(store, id, settings.smoothing, language)),
  );
  return {
    config,
    steps: run.step,
    losses,
    tests: evaluations.filter(isFull),
    seconds: recorded?.summary.seconds ?? null,
    link: linkTo(config),
    fileName: origin.fileName,
    isRateChanged: !followsSchedule(config, testLosses, firstStep, rates),
    backend: backend.kind === 'ready' ? resultBackend(backend.backend) : null,
    diagnoses,
    predictions: await readPredictions(onProgress),
    others: compared.flat(),
  };
}
