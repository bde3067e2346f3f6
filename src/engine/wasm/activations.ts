/** A look at the network: the outputs of some layers in eval mode, and gradients by them, block by block, in PyTorch's layout. */
import { emptyActivations, emptyGradients, fromImage, planActivations } from '@/engine/activations';
import type { Activation, LayerGradients } from '@/engine/engine';
import type { Value } from '@/engine/wasm/lowering';
import type { EncodedProgram } from '@/engine/wasm/program';
import { addressIn, logitsGeometry, readLogits, writeBytes } from '@/engine/wasm/programMemory';
import { inputNames, resultNames } from '@/engine/wasm/programs';
import { readImages, storedCount, writeRows } from '@/engine/wasm/valueTransfer';
import type { WasmRun } from '@/engine/wasm/wasmRun';
import type { WasmRuntime } from '@/engine/wasm/wasmRuntime';
import { classCount } from '@/model/classCounts';

const pixels = 784;
/** Images of a program that keeps the outputs of layers: a block of them, since all layers' may be kept. */
const block = 8;

/** Where a piece of the images is read from a program's memory. */
interface Piece {
  readonly program: EncodedProgram;
  readonly values: ReadonlyMap<string, Value>;
  readonly from: number;
  readonly n: number;
}

/** Reads the tensors of all names of `target`; `placeOf` names each in the program. */
function readPiece(
  run: WasmRun,
  { program, values, from, n }: Piece,
  target: ReadonlyMap<string, Activation>,
  placeOf: (name: string) => string,
): void {
  for (const [name, activation] of target) {
    const value = values.get(name);
    if (value === undefined) throw new RangeError(`The program keeps no ${name}.`);
    const stored = run.values(addressIn(program, placeOf(name)), storedCount(value, n));
    readImages(stored, value, n, fromImage(activation, from));
  }
}

/** Engine.activations. */
export function readActivations(
  run: WasmRun,
  runtime: WasmRuntime,
  images: Uint8Array,
  count: number,
  layerNames: readonly string[],
): ReadonlyMap<string, Activation> {
  const plan = planActivations(run.config, layerNames);
  const found = emptyActivations(plan, count);
  for (let from = 0; from < count; from += block) {
    const n = Math.min(block, count - from);
    const { program, values } = run.activationsProgram(plan.layers, found.keys(), n);
    writeBytes(runtime, program, images.subarray(from * pixels, (from + n) * pixels));
    runtime.run(program);
    readPiece(run, { program, values, from, n }, found, (name) => name);
  }
  return found;
}

/** Engine.layerGradients. */
export function readGradients(
  run: WasmRun,
  runtime: WasmRuntime,
  images: Uint8Array,
  count: number,
  upstream: Float32Array,
  layerNames: readonly string[],
): LayerGradients {
  const plan = planActivations(run.config, layerNames);
  const found = emptyGradients(plan, count);
  const names = [...plan.shapes.keys()];
  for (let from = 0; from < count; from += block) {
    const n = Math.min(block, count - from);
    const { program, values } = run.gradientsProgram(names, n);
    writeBytes(runtime, program, images.subarray(from * pixels, (from + n) * pixels));
    const given = run.values(addressIn(program, inputNames.upstream), storedCount(logitsGeometry, n));
    // Of images that a block of eight lacks it is 0.
    given.fill(0);
    writeRows(upstream.subarray(from * classCount, (from + n) * classCount), classCount, n, given);
    runtime.run(program);
    found.logits.set(readLogits(run, program, n), from * classCount);
    const piece = { program, values, from, n };
    readPiece(run, piece, found.activations, (name) => name);
    readPiece(run, piece, found.gradients, resultNames.outputGradient);
  }
  return found;
}
