/** Answers what the page asks about the network and the data. */
import { imageBytes } from '@/data/manifest';
import { convolveOnDevice } from '@/engine/tfjs/convolve';
import { encodeWeights, decodeWeights } from '@/formats/checkpoint';
import { assertNever } from '@/model/layers';
import type { Reply, ReplyMap, Request } from '@/protocol/messages';
import type { ImageSource } from '@/training/engineHost';
import { layerInput } from '@/training/layerInput';
import type { Trainer } from '@/training/trainer';
import { NotReadyError } from '@/training/workerError';

const classes = 10;

/** Requests that are answered in one go; the learning-rate sweep has a life of its own (learningRateSweeper.ts). */
type SimpleRequest = Exclude<Request, { readonly type: 'sweepLearningRate' }>;

export async function answer(request: SimpleRequest, trainer: Trainer, source: ImageSource): Promise<Reply> {
  switch (request.type) {
    case 'predict':
      return { request: 'predict', value: await predict(trainer, request.images, request.count) };
    case 'testImages':
      return { request: 'testImages', value: testImages(source, request.indices) };
    case 'convolve':
      return {
        request: 'convolve',
        value: await trainer.withEngine(() => convolveOnDevice(request.problem)),
      };
    case 'layerInput':
      return { request: 'layerInput', value: await readLayerInput(trainer, request) };
    case 'exportWeights':
      return { request: 'exportWeights', value: await exportWeights(trainer) };
    case 'importWeights':
      return { request: 'importWeights', value: await importWeights(trainer, request.file) };
    default:
      return assertNever(request);
  }
}

async function predict(
  trainer: Trainer,
  images: Uint8Array<ArrayBuffer>,
  count: number,
): Promise<ReplyMap['predict']> {
  if (count < 1 || images.length < count * imageBytes) {
    throw new RangeError(`${count} images take ${count * imageBytes} bytes, not ${images.length}.`);
  }
  return trainer.withNetwork(async (engine, { step }) => ({
    probabilities: softmax(await engine.predict(images, count)),
    step,
  }));
}

async function readLayerInput(
  trainer: Trainer,
  { image, layer, filter }: Extract<Request, { type: 'layerInput' }>,
): Promise<ReplyMap['layerInput']> {
  return trainer.withNetwork(async (engine, { config: { network, input } }) => {
    const { parameters, step } = await engine.readState();
    const size = input.resize ?? 28;
    const x = { shape: [1, 1, size, size], data: await engine.preprocess(image, 1) } as const;
    return { ...layerInput(network, parameters, x, layer, filter), step };
  });
}

function testImages(source: ImageSource, indices: readonly number[]): ReplyMap['testImages'] {
  const { images, labels, count } = source.test;
  const chosen = {
    images: new Uint8Array(indices.length * imageBytes),
    labels: new Uint8Array(indices.length),
  };
  for (const [position, index] of indices.entries()) {
    const label = index < count ? labels[index] : undefined;
    if (label === undefined) throw new NotReadyError(`Test image ${index} is not there yet.`);
    chosen.labels[position] = label;
    chosen.images.set(images.subarray(index * imageBytes, (index + 1) * imageBytes), position * imageBytes);
  }
  return chosen;
}

async function exportWeights(trainer: Trainer): Promise<ReplyMap['exportWeights']> {
  return trainer.withNetwork(async (engine, { config: { network } }) => {
    const { parameters, step } = await engine.readState();
    const bytes = encodeWeights(network, parameters);
    const isWhole = bytes.byteLength === bytes.buffer.byteLength;
    const file = isWhole ? bytes.buffer : bytes.slice().buffer;
    return { fileName: `${network.id}-step-${step}.safetensors`, file };
  });
}

async function importWeights(trainer: Trainer, file: ArrayBuffer): Promise<ReplyMap['importWeights']> {
  const bytes = new Uint8Array(file);
  const parameters = await trainer.loadParameters((network) => decodeWeights(network, bytes));
  return { keys: parameters.size };
}

/** [n, 10] logits to probabilities, each row's maximum taken off first so that nothing overflows. */
function softmax(logits: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const probabilities = new Float32Array(logits.length);
  for (let row = 0; row < logits.length; row += classes) {
    const values = logits.subarray(row, row + classes);
    const largest = Math.max(...values);
    const powers = Array.from(values, (value) => Math.exp(value - largest));
    const sum = powers.reduce((total, power) => total + power, 0);
    probabilities.set(
      powers.map((power) => power / sum),
      row,
    );
  }
  return probabilities;
}
