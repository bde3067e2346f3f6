/** Kept runs as one file. Its form: archiveForm.ts. */
import { encodeSafetensors } from '@/formats/safetensors';
import { writeZipBlob, type NewZipEntry } from '@/formats/zip';
import type { EngineState } from '@/model/engineState';
import type { StateDict, TensorData } from '@/model/tensor';
import {
  archiveFormat,
  archiveParts,
  archiveVersion,
  encodeJson,
  manifestName,
  mostRuns,
  partName,
} from '@/storage/runs/archive/archiveForm';
import { ArchiveError } from '@/storage/runs/archive/archiveError';
import { metricColumns } from '@/storage/runs/recordedMetrics';
import { encodeRun } from '@/storage/runs/runSchema';
import type { RunStore } from '@/storage/runs/runStore';

function keyframeTensors({ step, parameters, optimizer }: EngineState): [string, TensorData][] {
  const named = (group: string, dict: StateDict): [string, TensorData][] =>
    [...dict].map(([key, tensor]) => [`${step}/${group}/${key}`, tensor]);
  return [
    ...named('parameters', parameters),
    ...Object.entries(optimizer).flatMap(([slot, dict]) => named(`optimizer.${slot}`, dict)),
  ];
}

async function metricsFile(store: RunStore, id: string): Promise<Uint8Array<ArrayBuffer>> {
  const metrics = await store.metrics(id);
  const tensor = (data: Float32Array<ArrayBuffer>): TensorData => ({
    dtype: 'F32',
    shape: [data.length],
    data,
  });
  return encodeSafetensors(new Map(metricColumns.map((name) => [name, tensor(metrics.values(name))])));
}

async function keyframesFile(store: RunStore, id: string): Promise<Uint8Array<ArrayBuffer>> {
  const tensors: [string, TensorData][] = [];
  for (const step of await store.keyframeSteps(id)) {
    // oxlint-disable-next-line no-await-in-loop -- one large array at a time
    const state = await store.keyframe(id, step);
    if (state !== null) tensors.push(...keyframeTensors(state));
  }
  return encodeSafetensors(new Map(tensors));
}

export interface WriteArchiveOptions {
  readonly pageVersion: string;
  /** Hears how many runs are written. */
  readonly onProgress?: (runs: number) => void;
}

/**
 * The file of these runs, those that are gone meanwhile left out. The browser may keep it on disk: one run at a time is in memory.
 * @throws ArchiveError `too_large` for more runs than a file may hold
 */
export async function writeArchive(
  store: RunStore,
  ids: readonly string[],
  { pageVersion, onProgress }: WriteArchiveOptions,
): Promise<Blob> {
  if (ids.length > mostRuns) throw new ArchiveError({ kind: 'too_large' }, `${ids.length} runs`);
  const written: string[] = [];
  async function* entries(): AsyncGenerator<NewZipEntry> {
    for (const id of ids) {
      // oxlint-disable-next-line no-await-in-loop
      const run = await store.get(id);
      if (run === null) continue;
      yield { name: partName(id, 'run'), data: encodeJson(encodeRun(run)), isPacked: true };
      yield { name: partName(id, 'tests'), data: encodeJson(await store.tests(id)), isPacked: true };
      const statistics = encodeJson(await store.statistics(id));
      yield { name: partName(id, 'statistics'), data: statistics, isPacked: true };
      const curvature = encodeJson(await store.curvature(id));
      yield { name: partName(id, 'curvature'), data: curvature, isPacked: true };
      yield { name: partName(id, 'metrics'), data: await metricsFile(store, id) };
      yield { name: partName(id, 'keyframes'), data: await keyframesFile(store, id) };
      written.push(id);
      onProgress?.(written.length);
    }
    const manifest = {
      format: archiveFormat,
      version: archiveVersion,
      pageVersion,
      runs: written,
      parts: Object.keys(archiveParts),
    };
    yield { name: manifestName, data: encodeJson(manifest), isPacked: true };
  }
  return writeZipBlob(entries());
}
