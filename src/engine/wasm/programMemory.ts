/** What the engine puts into a program's memory, and reads out of it. */
import type { EncodedProgram } from '@/engine/wasm/program';
import { inputNames, resultNames } from '@/engine/wasm/programs';
import { readImages, storedCount } from '@/engine/wasm/valueTransfer';
import type { WasmRun } from '@/engine/wasm/wasmRun';
import type { WasmRuntime } from '@/engine/wasm/wasmRuntime';
import { classCount } from '@/model/classCounts';

/** How a row of logits lies. */
export const logitsGeometry = { channels: classCount, height: 1, width: 1, border: 0 } as const;

/** @throws RangeError where the program has no such buffer */
export function addressIn(program: EncodedProgram, name: string): number {
  const address = program.addresses.get(name);
  if (address === undefined) throw new RangeError(`The program has no buffer "${name}".`);
  return address;
}

/** Images of 28 x 28 bytes. */
export function writeBytes(runtime: WasmRuntime, program: EncodedProgram, images: Uint8Array): void {
  runtime.bytes(addressIn(program, inputNames.bytes), images.length).set(images);
}

/** [n, 10] */
export function readLogits(run: WasmRun, program: EncodedProgram, n: number): Float32Array<ArrayBuffer> {
  const source = run.values(addressIn(program, resultNames.logits), storedCount(logitsGeometry, n));
  const logits = new Float32Array(n * classCount);
  readImages(source, logitsGeometry, n, logits);
  return logits;
}
