/** A look at the network: the outputs of some layers in eval mode, piece by piece, in PyTorch's layout. */
import { channelsFirst, emptyActivations, fromImage, type ActivationPlan } from '@/engine/activations';
import type { Activation } from '@/engine/engine';
import type { Readback } from '@/engine/webgpu/readback';
import type { WebgpuRun } from '@/engine/webgpu/webgpuRun';
import { sizeOf } from '@/model/tensor';

/** All outputs that are kept of a piece stay under this, as evaluation's largest activation does. */
const keptBytes = 32 * 2 ** 20;

/** Images of a program for a piece of at most `most`: a power of two, since each size compiles kernels of its own. */
function pieceSize({ shapes }: ActivationPlan, most: number, count: number): number {
  const perImage = [...shapes.values()].reduce((sum, shape) => sum + sizeOf(shape) * 4, 0);
  const fitting = Math.max(1, Math.min(most, Math.floor(keptBytes / Math.max(1, perImage))));
  return 2 ** Math.min(Math.ceil(Math.log2(count)), Math.floor(Math.log2(fitting)));
}

export async function readActivations(
  run: WebgpuRun,
  readback: Readback,
  plan: ActivationPlan,
  images: Uint8Array<ArrayBuffer>,
  count: number,
): Promise<ReadonlyMap<string, Activation>> {
  const { memory } = run;
  const found = emptyActivations(plan, count);
  const size = pieceSize(plan, run.evaluationBatch, count);
  await run.withActivations(plan, size, async ({ compiled, inbox }, values) => {
    for (let from = 0; from < count; from += size) {
      const n = Math.min(size, count - from);
      const encoder = memory.device.createCommandEncoder();
      inbox.writeImages(memory, images, from, n);
      const pass = encoder.beginComputePass();
      compiled.encode(pass);
      pass.end();
      const floats = [...plan.shapes.values()].reduce((sum, shape) => sum + n * sizeOf(shape), 0);
      const target = readback.open(floats * 4);
      let at = 0;
      for (const [name, shape] of plan.shapes) {
        const { resource, offset } = compiled.result(name);
        const bytes = n * sizeOf(shape) * 4;
        encoder.copyBufferToBuffer(memory.buffer(resource), offset, target, at, bytes);
        at += bytes;
      }
      memory.device.queue.submit([encoder.finish()]);
      // oxlint-disable-next-line no-await-in-loop -- the next images take the place of these
      const read = await readback.read(target, floats * 4);
      at = 0;
      for (const [name, activation] of found) {
        const length = sizeOf(plan.shapes.get(name) ?? []);
        for (let image = 0; image < n; image += 1) {
          const own = read.subarray(at, at + length);
          channelsFirst(own, values.get(name)?.channels ?? 1, fromImage(activation, from + image));
          at += length;
        }
      }
    }
  });
  return found;
}
