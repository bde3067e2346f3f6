/** Writes the network or the run at hand in one of the formats of formats/exportFormats.ts. */
import { imageBytes } from '@/data/manifest';
import type { Engine } from '@/engine/engine';
import { encoders, type ExportSource } from '@/formats/encoders';
import { exportFormat } from '@/formats/exportFormats';
import { argmax } from '@/model/argmax';
import { classCount } from '@/model/classCounts';
import type { RunConfig } from '@/model/runConfig';
import type { RequestParams, RequestProgress, RequestValue } from '@/protocol/requests';
import type { ImageSets } from '@/training/engineHost';
import type { RunStore } from '@/storage/runs/runStore';
import type { Trainer } from '@/training/trainer';
import { NotReadyError } from '@/training/workerError';

type Params = RequestParams<'exportFile'>;
type Value = RequestValue<'exportFile'>;
type Tell = (progress: RequestProgress<'exportFile'>) => void;

/** Images that the engine reads at once: enough to keep it busy, and little for its memory. */
const imagesAtOnce = 250;

/** What the network reads in each test image; `images` are the worker's own. @throws NotReadyError before they are there */
export async function testPredictions(
  engine: Engine,
  { images, labels, count }: ImageSets['test'],
  tell: Tell,
): ReturnType<ExportSource['testPredictions']> {
  if (count === 0) throw new NotReadyError('The test images are not there yet.');
  const predictions = new Uint8Array(count);
  for (let start = 0; start < count; start += imagesAtOnce) {
    const size = Math.min(imagesAtOnce, count - start);
    const piece = images.slice(start * imageBytes, (start + size) * imageBytes);
    // oxlint-disable-next-line no-await-in-loop -- the engine does one thing after the other
    const logits = await engine.predict(piece, size);
    for (let i = 0; i < size; i += 1)
      predictions[start + i] = argmax(logits.subarray(i * classCount, (i + 1) * classCount));
    tell({ done: (start + size) / count });
  }
  return { predictions, labels: labels.slice(0, count), images };
}

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
): Promise<Value> {
  const kept = keptWeights(runs, params.run?.runId);
  if (exportFormat(params.format).needs !== 'weights')
    return encode(params, { parameters: notRead, testPredictions: notRead, batchGradients: notRead, kept });
  return trainer.withNetwork((engine, { config, step }) => {
    // The worker may be some steps further than the page knew when it asked.
    const run = params.run === null ? null : { ...params.run, step };
    return encode(
      { ...params, config, run },
      {
        parameters: () => engine.readParameters(),
        testPredictions: () => testPredictions(engine, source.test, tell),
        batchGradients: () => batchGradients(engine, source.training, config),
        kept,
      },
    );
  });
}
