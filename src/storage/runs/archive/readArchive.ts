/** Runs out of a file into the store. Nothing of the file is believed: every part is bounded and validated before it is written. */
import * as v from 'valibot';
import { decodeSafetensors } from '@/formats/safetensors';
import { openZip, type Zip } from '@/formats/zip';
import type { EngineState } from '@/model/engineState';
import type { StepStatistics } from '@/model/layerStatistics';
import type { TensorData } from '@/model/tensor';
import type { ReadableFile } from '@/model/weightFiles';
import {
  decodeJson,
  manifestName,
  manifestSchema,
  partName,
  versionSchema,
  type ArchivePart,
} from '@/storage/runs/archive/archiveForm';
import { ArchiveError } from '@/storage/runs/archive/archiveError';
import { chunkSteps, metricColumns, type MetricsChunk } from '@/storage/runs/recordedMetrics';
import {
  decodeCurvature,
  decodeRun,
  decodeStatistics,
  decodeTest,
  isEngineState,
  isOfNewerPage,
} from '@/storage/runs/runSchema';
import {
  curvatureChunks,
  type CurvatureChunk,
  type RunStore,
  type RunWrite,
  type StatisticsChunk,
} from '@/storage/runs/runStore';

/** Bytes of a part, unpacked. */
const largestPart: Readonly<Record<ArchivePart | 'manifest', number>> = {
  manifest: 4e6,
  run: 4e6,
  tests: 64e6,
  statistics: 512e6,
  curvature: 64e6,
  metrics: 512e6,
  keyframes: 2 ** 30,
};

const damaged = (part: string, message: string, cause?: unknown): ArchiveError =>
  new ArchiveError({ kind: 'damaged', part }, `${part}: ${message}`, { cause });

/** @throws ArchiveError */
async function read(zip: Zip, name: string, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const entry = zip.get(name);
  if (entry === undefined) throw damaged(name, 'missing');
  if (entry.size > most) throw new ArchiveError({ kind: 'too_large' }, `${name} has ${entry.size} bytes.`);
  try {
    return await entry.read();
  } catch (error) {
    throw damaged(name, String(error), error);
  }
}

async function readJson(zip: Zip, name: string, most: number): Promise<unknown> {
  const bytes = await read(zip, name, most);
  try {
    return decodeJson(bytes);
  } catch (error) {
    throw damaged(name, String(error), error);
  }
}

async function readTensors(zip: Zip, name: string, most: number): Promise<ReadonlyMap<string, TensorData>> {
  const bytes = await read(zip, name, most);
  try {
    return decodeSafetensors(bytes).tensors;
  } catch (error) {
    throw damaged(name, String(error), error);
  }
}

async function readMetrics(zip: Zip, id: string, steps: number): Promise<MetricsChunk[]> {
  const name = partName(id, 'metrics');
  const tensors = await readTensors(zip, name, largestPart.metrics);
  const columns = new Map<string, Float32Array<ArrayBuffer>>();
  for (const column of metricColumns) {
    const data = tensors.get(column)?.data;
    if (!(data instanceof Float32Array) || data.length !== steps)
      throw damaged(name, `${column} is not ${steps} numbers of float32`);
    columns.set(column, data);
  }
  return Array.from({ length: Math.ceil(steps / chunkSteps) }, (_, chunk) => {
    const part = (column: string): ArrayBuffer =>
      columns.get(column)?.slice(chunk * chunkSteps, (chunk + 1) * chunkSteps).buffer ?? new ArrayBuffer(0);
    return {
      chunk,
      loss: part('loss'),
      accuracy: part('accuracy'),
      learningRate: part('learningRate'),
      seconds: part('seconds'),
    };
  });
}

const tensorName = /^(\d{1,12})\/(parameters|optimizer\.(\w{1,64}))\/(.+)$/s;

async function readKeyframes(zip: Zip, id: string, steps: number): Promise<EngineState[]> {
  const name = partName(id, 'keyframes');
  const states = new Map<
    number,
    { parameters: Map<string, TensorData>; optimizer: Map<string, Map<string, TensorData>> }
  >();
  for (const [key, tensor] of await readTensors(zip, name, largestPart.keyframes)) {
    const [, stepText, , slot, tensorKey] = tensorName.exec(key) ?? [];
    if (stepText === undefined || tensorKey === undefined)
      throw damaged(name, `a tensor named ${key.slice(0, 100)}`);
    const step = Number(stepText);
    if (step > steps) throw damaged(name, `a state after ${step} of ${steps} steps`);
    const state = states.get(step) ?? {
      parameters: new Map<string, TensorData>(),
      optimizer: new Map<string, Map<string, TensorData>>(),
    };
    states.set(step, state);
    const dict =
      slot === undefined ? state.parameters : (state.optimizer.get(slot) ?? new Map<string, TensorData>());
    if (slot !== undefined) state.optimizer.set(slot, dict);
    // A copy: what is stored must not hold the whole file.
    dict.set(tensorKey, { ...tensor, data: tensor.data.slice() } as TensorData);
  }
  return [...states].map(([step, { parameters, optimizer }]) => {
    const state = { step, parameters, optimizer: Object.fromEntries(optimizer) };
    if (!isEngineState(state)) throw damaged(name, `no state after ${step} steps`);
    return state;
  });
}

async function readTests(zip: Zip, id: string): Promise<RunWrite['tests']> {
  const name = partName(id, 'tests');
  const values = await readJson(zip, name, largestPart.tests);
  if (!Array.isArray(values)) throw damaged(name, 'no list');
  return values.map((value) => {
    const test = decodeTest(value);
    if (test === null) throw damaged(name, 'what is no test');
    return test;
  });
}

async function readStatistics(zip: Zip, id: string): Promise<StatisticsChunk[]> {
  const name = partName(id, 'statistics');
  const steps = decodeStatistics(await readJson(zip, name, largestPart.statistics));
  if (steps === null) throw damaged(name, 'what are no layer statistics');
  const chunks = new Map<number, StepStatistics[]>();
  for (const one of steps) {
    const chunk = Math.floor(one.step / chunkSteps);
    chunks.set(chunk, [...(chunks.get(chunk) ?? []), one]);
  }
  return [...chunks].map(([chunk, ofChunk]) => ({ chunk, steps: ofChunk }));
}

async function readCurvature(zip: Zip, id: string): Promise<CurvatureChunk[]> {
  const name = partName(id, 'curvature');
  const points = decodeCurvature(await readJson(zip, name, largestPart.curvature));
  if (points === null) throw damaged(name, 'what is no curvature');
  return curvatureChunks(points);
}

interface Archive {
  readonly zip: Zip;
  readonly ids: readonly string[];
  /** What it has of each run. */
  readonly parts: readonly string[];
}

/** One run, whole. @throws ArchiveError */
async function readRun({ zip, parts }: Archive, id: string): Promise<RunWrite> {
  const name = partName(id, 'run');
  const record = await readJson(zip, name, largestPart.run);
  if (isOfNewerPage(record)) throw new ArchiveError({ kind: 'newer' }, `${name} is of a newer version.`);
  const run = decodeRun(record);
  if (run === null || run.id !== id) throw damaged(name, 'what is no run');
  // Of one that has no metrics by step, there are none.
  const steps = run.thinnedLoss === null ? run.summary.steps : 0;
  return {
    run: { ...run, deletedAt: null },
    truncate: 0,
    metrics: await readMetrics(zip, id, steps),
    statistics: await readStatistics(zip, id),
    curvature: parts.includes('curvature') ? await readCurvature(zip, id) : [],
    tests: await readTests(zip, id),
    keyframes: await readKeyframes(zip, id, steps),
    dropKeyframes: [],
  };
}

async function openArchive(file: ReadableFile): Promise<Archive> {
  let zip: Zip;
  try {
    zip = await openZip(file);
  } catch (error) {
    throw new ArchiveError({ kind: 'not_runs' }, `The file is no zip: ${String(error)}`, { cause: error });
  }
  if (!zip.has(manifestName))
    throw new ArchiveError({ kind: 'not_runs' }, 'The zip has no manifest of runs.');
  const manifest = await readJson(zip, manifestName, largestPart.manifest);
  const parsed = v.safeParse(manifestSchema, manifest);
  if (parsed.success) {
    const { runs, parts } = parsed.output;
    return { zip, ids: [...new Set(runs)], parts };
  }
  const versioned = v.safeParse(versionSchema, manifest);
  if (!versioned.success) throw new ArchiveError({ kind: 'not_runs' }, 'The manifest is not one of runs.');
  const { version } = versioned.output;
  if (version > 1) throw new ArchiveError({ kind: 'newer' }, `The file has version ${version}.`);
  throw damaged(manifestName, 'it cannot be read');
}

export interface Imported {
  readonly added: number;
  /** Left as they are here: a run of the same id is there, or was deleted and can be brought back. */
  readonly present: number;
}

/**
 * Reads the runs of a file into the store, each whole or not at all.
 * @throws ArchiveError, after which the runs before the damaged one are there; and what the store throws
 */
export async function importArchive(
  store: RunStore,
  file: ReadableFile,
  onProgress?: (runs: number, of: number) => void,
): Promise<Imported> {
  const archive = await openArchive(file);
  const { ids } = archive;
  const newer = new Set(await store.newer());
  let added = 0;
  for (const [i, id] of ids.entries()) {
    // oxlint-disable no-await-in-loop -- one run at a time is in memory
    if (!newer.has(id) && (await store.get(id)) === null) {
      await store.write(await readRun(archive, id));
      added += 1;
    }
    // oxlint-enable no-await-in-loop
    onProgress?.(i + 1, ids.length);
  }
  return { added, present: ids.length - added };
}
