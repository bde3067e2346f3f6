/** Writes the network or the run at hand in one of the formats of formats/exportFormats.ts. */
import { imageBytes } from '@/data/manifest';
import type { Engine } from '@/engine/engine';
import { encoders, type ExportSource } from '@/formats/encoders';
import { exportFormat } from '@/formats/exportFormats';
import type { RunConfig } from '@/model/runConfig';
import type { RequestParams, RequestProgress, RequestValue } from '@/protocol/requests';
import { imagesOf, type ImageSets } from '@/training/engineHost';
import type { RunStore } from '@/storage/runs/runStore';
import type { Trainer } from '@/training/trainer';
import { testPredictions } from '@/training/testPredictions';
import { NotReadyError } from '@/training/workerError';

type Params = RequestParams<'exportFile'>;
type Value = RequestValue<'exportFile'>;
type Tell = (progress: RequestProgress<'exportFile'>) => void;

async function encode({ format, config, link, run }: Params, reading: Reading): Promise<Value> {
  const bytes = await encoders[format]({ config, link, run, ...reading });
  const isWhole = bytes.byteLength === bytes.buffer.byteLength;
  const step = run?.step ?? 0;
  return {
    fileName: exportFormat(format).fileName(config.network, step),
    step,
    file: isWhole ? bytes.buffer : bytes.slice().buffer,
  };
}

async function batchGradients(
  engine: Engine,
  { images, labels, count: there }: ImageSets['training'],
  { batchSize }: RunConfig,
): ReturnType<ExportSource['batchGradients']> {
  const count = Math.min(batchSize, there);
  if (count === 0) return null;
  const batch = images.slice(0, count * imageBytes);
  return { count, gradients: (await engine.inspectBatch(batch, labels.slice(0, count))).gradients };
}

/** A run that is not there, or was not recorded, has none. */
function keptWeights(runs: Promise<RunStore>, runId: string | undefined): ExportSource['kept'] {
  return {
    steps: async () => (runId === undefined ? [] : (await runs).keyframeSteps(runId)),
    parameters: async (step) =>
      runId === undefined ? null : ((await (await runs).keyframe(runId, step))?.parameters ?? null),
  };
}

type Reading = Pick<ExportSource, 'parameters' | 'testPredictions' | 'batchGradients' | 'kept'>;

const notRead = (): never => {
  throw new NotReadyError('The format reads no network.');
};

/** @throws NotReadyError where the format needs a network and none is ready */
export function exportFile(
  params: Params,
  {
    trainer,
    source,
    runs,
  }: { readonly trainer: Trainer; readonly source: ImageSets; readonly runs: Promise<RunStore> },
  tell: Tell,
  signal: AbortSignal,
): Promise<Value> {
  const kept = keptWeights(runs, params.run?.runId);
  if (exportFormat(params.format).needs !== 'weights')
    return encode(params, { parameters: notRead, testPredictions: notRead, batchGradients: notRead, kept });
  return trainer.withNetwork((engine, { config, step }) => {
    // The worker may be some steps further than the page knew when it asked.
    const run = params.run === null ? null : { ...params.run, step };
    const images = imagesOf(source, config.data);
    return encode(
      { ...params, config, run },
      {
        parameters: () => engine.readParameters(),
        testPredictions: () => testPredictions(engine, images.test, tell, signal),
        batchGradients: () => batchGradients(engine, images.training, config),
        kept,
      },
    );
  });
}
