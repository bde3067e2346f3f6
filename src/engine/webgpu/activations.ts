/** A look at the network: the outputs of some layers in eval mode, and gradients by them, piece by piece, in PyTorch's layout. */
import {
  channelsFirst,
  emptyActivations,
  emptyGradients,
  fromImage,
  type ActivationPlan,
} from '@/engine/activations';
import type { Activation, LayerGradients } from '@/engine/engine';
import { gradientName, logitsName } from '@/engine/webgpu/buildProgram';
import type { Value } from '@/engine/webgpu/lowering';
import type { Readback } from '@/engine/webgpu/readback';
import type { GivenProgram } from '@/engine/webgpu/looks';
import type { WebgpuRun } from '@/engine/webgpu/webgpuRun';
import { classCount } from '@/model/classCounts';
import { sizeOf } from '@/model/tensor';

/** All outputs that are kept of a piece stay under this, as evaluation's largest activation does. */
const keptBytes = 32 * 2 ** 20;

/** Images of a program for a piece of at most `most`: a power of two, since each size compiles kernels of its own. */
function pieceSize({ shapes }: ActivationPlan, most: number, count: number): number {
  const perImage = [...shapes.values()].reduce((sum, shape) => sum + sizeOf(shape) * 4, 0);
  const fitting = Math.max(1, Math.min(most, Math.floor(keptBytes / Math.max(1, perImage))));
  return 2 ** Math.min(Math.ceil(Math.log2(count)), Math.floor(Math.log2(fitting)));
}

/** What is read after a program: a tensor that it keeps, how many values of it an image has, and where they go. */
interface Reading {
  readonly name: string;
  readonly length: number;
  /** Takes one image's values, in the engine's order. */
  readonly take: (values: Float32Array, image: number) => void;
}

function readingOf(name: string, activation: Activation, { channels }: Pick<Value, 'channels'>): Reading {
  return {
    name,
    length: sizeOf(activation.shape.slice(1)),
    take: (values, image) => {
      channelsFirst(values, channels, fromImage(activation, image));
    },
  };
}

/** Runs the program for the images from number `from` on, and hands over what is read of them. */
async function runPiece(
  run: WebgpuRun,
  readback: Readback,
  { compiled, inbox }: GivenProgram,
  readings: readonly Reading[],
  images: Uint8Array<ArrayBuffer>,
  { from, n }: { readonly from: number; readonly n: number },
): Promise<void> {
  const { memory } = run;
  const encoder = memory.device.createCommandEncoder();
  inbox.writeImages(memory, images, from, n);
  const pass = encoder.beginComputePass();
  compiled.encode(pass);
  pass.end();
  const bytes = readings.reduce((sum, { length }) => sum + n * length * 4, 0);
  const target = readback.open(bytes);
  let at = 0;
  for (const { name, length } of readings) {
    const { resource, offset } = compiled.result(name);
    encoder.copyBufferToBuffer(memory.buffer(resource), offset, target, at, n * length * 4);
    at += n * length * 4;
  }
  memory.device.queue.submit([encoder.finish()]);
  const read = await readback.read(target, bytes);
  at = 0;
  for (const { length, take } of readings) {
    for (let image = 0; image < n; image += 1) {
      take(read.subarray(at, at + length), from + image);
      at += length;
    }
  }
}

const noValue = { channels: 1 };

export async function readActivations(
  run: WebgpuRun,
  readback: Readback,
  plan: ActivationPlan,
  images: Uint8Array<ArrayBuffer>,
  count: number,
): Promise<ReadonlyMap<string, Activation>> {
  const found = emptyActivations(plan, count);
  const size = pieceSize(plan, run.evaluationBatch, count);
  await run.withActivations(plan, size, async (given, values) => {
    const readings = [...found].map(([name, one]) => readingOf(name, one, values.get(name) ?? noValue));
    for (let from = 0; from < count; from += size) {
      const n = Math.min(size, count - from);
      // oxlint-disable-next-line no-await-in-loop -- the next images take the place of these
      await runPiece(run, readback, given, readings, images, { from, n });
    }
  });
  return found;
}

/** The same with the gradients by them; `upstream`: by the logits, [count, 10]. */
export async function readGradients(
  run: WebgpuRun,
  readback: Readback,
  plan: ActivationPlan,
  images: Uint8Array<ArrayBuffer>,
  count: number,
  upstream: Float32Array<ArrayBuffer>,
): Promise<LayerGradients> {
  const found = emptyGradients(plan, count);
  const size = pieceSize(plan, run.evaluationBatch, count);
  const { given, values, upstream: resource } = await run.gradientsProgram(plan, size);
  const valueOf = (name: string) => values.get(name) ?? noValue;
  const logits: Reading = {
    name: logitsName,
    length: classCount,
    take: (row, image) => {
      found.logits.set(row, image * classCount);
    },
  };
  const readings = [
    logits,
    ...[...found.activations].map(([name, one]) => readingOf(name, one, valueOf(name))),
    ...[...found.gradients].map(([name, one]) => ({
      ...readingOf(name, one, valueOf(name)),
      name: gradientName(name),
    })),
  ];
  const { device } = run.memory;
  for (let from = 0; from < count; from += size) {
    const n = Math.min(size, count - from);
    const rows = upstream.slice(from * classCount, (from + n) * classCount);
    device.queue.writeBuffer(run.memory.buffer(resource), 0, rows);
    // oxlint-disable-next-line no-await-in-loop -- the next images take the place of these
    await runPiece(run, readback, given, readings, images, { from, n });
  }
  return found;
}
