/** The curvature at the network on show, once: where the run rests, or as it was at an earlier step. */
import type { CurvaturePoint } from '@/model/curvature';
import type { RequestParams, RequestProgress } from '@/protocol/requests';
import type { CurvatureMeter } from '@/training/curvature/curvatureMeter';
import { type ImageSets, openImages } from '@/training/engineHost';
import type { ReplayedRun } from '@/training/replay/replayedRun';
import type { RunEvent } from '@/training/runEvent';
import type { Trainer } from '@/training/trainer';
import { NotReadyError } from '@/training/workerError';

export interface MeasuringParts {
  readonly trainer: Pick<Trainer, 'withNetwork'>;
  readonly source: ImageSets;
  readonly curvature: CurvatureMeter;
  /** The run at hand as it is recorded; null where it is not. */
  readonly recordedRun: () => ReplayedRun | null;
  /** Records the value, and tells the page. */
  readonly hear: (event: RunEvent) => void;
}

/**
 * Measures the largest eigenvalue (curvatureMeter.ts); it becomes a part of the run's record. Tells the share of the products that it may
 * take. @throws NotReadyError where the network or the images are not there; DataMissingError; what `signal` was aborted with
 */
export async function measureCurvature(
  params: RequestParams<'curvature'>,
  { trainer, source, curvature, recordedRun, hear }: MeasuringParts,
  tell: (progress: RequestProgress<'curvature'>) => void,
  signal: AbortSignal,
): Promise<CurvaturePoint> {
  const runId = recordedRun()?.id ?? '';
  const network = await trainer.withNetwork(async (engine, { config, step, learningRate }) => ({
    config,
    step,
    learningRate,
    parameters: await engine.readParameters(),
  }));
  const images = Math.min(params.images, network.config.trainingImages);
  const { training } = await openImages(source, network.config.data);
  if (training.count < images) throw new NotReadyError('The training images are not there yet.');
  const point = await curvature.measure({
    ...network,
    runId,
    images,
    isWanted: () => !signal.aborted,
    onProduct: (done) => tell({ done }),
  });
  signal.throwIfAborted();
  if (point === null) throw new NotReadyError('The measurement was ended.');
  hear({ type: 'curvature', runId, point });
  return point;
}
