import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { openZip, writeZip } from '@/formats/zip';
import type { EngineState } from '@/model/engineState';
import type { TensorData } from '@/model/tensor';
import { memoryRuns } from '@/storage/runs/memoryRuns';
import { metricColumns } from '@/storage/runs/recordedMetrics';
import type { RunStore, RunWrite } from '@/storage/runs/runStore';
import { runOf, writeOf } from '@/storage/testing/runWrites';
import { decodeJson, encodeJson, partName } from './archiveForm';
import { ArchiveError } from './archiveError';
import { importArchive } from './readArchive';
import { writeArchive } from './writeArchive';

/** Every bit pattern there is, NaNs of all kinds among them. */
const anyFloat32 = (length: number, seed: number): Float32Array<ArrayBuffer> =>
  new Float32Array(Uint32Array.from({ length }, (_, i) => Math.imul(i + seed, 2_654_435_761)).buffer);

const bitsOf = (values: Float32Array): Uint32Array =>
  new Uint32Array(values.buffer, values.byteOffset, values.length);

function stateAt(step: number): EngineState {
  const f32 = (seed: number): TensorData => ({ dtype: 'F32', shape: [3, 5], data: anyFloat32(15, seed) });
  const count: TensorData = { dtype: 'I64', shape: [], data: BigInt64Array.of(-(2n ** 63n) + BigInt(step)) };
  return {
    step,
    parameters: new Map([
      ['layers.0/weight', f32(step)],
      ['bn.num_batches_tracked', count],
    ]),
    optimizer: { exp_avg: new Map([['layers.0/weight', f32(step + 99)]]) },
  };
}

function wholeRun(id: string, steps: number): RunWrite {
  const tensor = {
    mean: -0,
    std: Number.NaN,
    maxAbs: Number.POSITIVE_INFINITY,
    zeroShare: 0.1,
    nonFinite: 3,
  };
  const layer = {
    name: 'NaN',
    weight: tensor,
    gradient: tensor,
    input: tensor,
    deadShare: 1 / 3,
    updateRatio: -0,
  };
  const write = writeOf({ id, mark: 1 }, 0, steps);
  const metrics = write.metrics.map(({ chunk }) => {
    const length = Math.min(1024, steps - chunk * 1024);
    const column = (i: number): ArrayBuffer => anyFloat32(length, 7919 * i + chunk).buffer;
    return { chunk, loss: column(1), accuracy: column(2), learningRate: column(3), seconds: column(4) };
  });
  const run = runOf(id, steps);
  return {
    ...write,
    run: {
      ...run,
      phase: 'stopped',
      parent: { runId: 'other', step: 3 },
      events: [{ kind: 'learningRate', step: 2, learningRate: 0.1 }],
      diagnoses: [{ id: 'chance', step: 4 }],
      notes: { name: 'ein Name, 名', tags: ['a'], notes: '{"number":"NaN"}', pinned: true },
    },
    metrics,
    statistics: [0, 1].map((chunk) => ({
      chunk,
      steps: [{ step: chunk * 1024 + 5, layers: [layer], running: [{ name: 'x', nonFinite: 1 }] }],
    })),
    keyframes: [2, 100, 2000, steps].filter((step) => step <= steps).map(stateAt),
  };
}

async function everything(store: RunStore, id: string): Promise<unknown> {
  const metrics = await store.metrics(id);
  const states = [];
  for (const step of await store.keyframeSteps(id)) states.push(await store.keyframe(id, step));
  const bits = (state: EngineState | null): unknown =>
    state === null
      ? null
      : [state.parameters, ...Object.values(state.optimizer)].map((dict) =>
          [...dict].map(([key, { dtype, shape, data }]) => [
            key,
            dtype,
            shape,
            data instanceof Float32Array ? bitsOf(data) : data,
          ]),
        );
  return {
    run: await store.get(id),
    metrics: metricColumns.map((column) => bitsOf(metrics.values(column)).slice()),
    tests: await store.tests(id),
    statistics: await store.statistics(id),
    curvature: await store.curvature(id),
    states: states.map((state) => [state?.step, Object.keys(state?.optimizer ?? {}), bits(state)]),
  };
}

const options = { pageVersion: '0' };
const detailsOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
    return null;
  } catch (error) {
    if (error instanceof ArchiveError) return error.details;
    throw error;
  }
};

const source = memoryRuns();
let file: Blob;
beforeAll(async () => {
  await source.write(wholeRun('one', 2500));
  await source.write(wholeRun('two', 1024));
  file = await writeArchive(source, ['one', 'gone', 'two'], options);
});

describe('a file of runs', () => {
  it('gives back every bit', async () => {
    const target = memoryRuns();
    const progress: number[][] = [];
    const imported = await importArchive(target, file, (...of) => progress.push(of));
    expect(imported).toEqual({ added: 2, present: 0 });
    expect(progress).toEqual([
      [1, 2],
      [2, 2],
    ]);
    for (const id of ['one', 'two'])
      expect(await everything(target, id)).toEqual(await everything(source, id));
  });

  it('is the same bytes each time, out of the imported runs too', async () => {
    const target = memoryRuns();
    await importArchive(target, file);
    const again = await writeArchive(target, ['one', 'two'], options);
    expect(Buffer.from(await again.arrayBuffer()).equals(Buffer.from(await file.arrayBuffer()))).toBe(true);
  });

  it('leaves runs that are there as they are, deleted ones too', async () => {
    const target = memoryRuns();
    await importArchive(target, file);
    await target.annotate('one', { name: 'mine' });
    await target.setDeleted(['two'], 5);
    expect(await importArchive(target, file)).toEqual({ added: 0, present: 2 });
    expect((await target.get('one'))?.notes.name).toBe('mine');
    expect((await target.deleted()).map(({ id }) => id)).toEqual(['two']);
  });

  it('says what is wrong with it', async () => {
    const zipOf = async (manifest: unknown, more: Readonly<Record<string, unknown>> = {}): Promise<Blob> =>
      new Blob([
        await writeZip(
          Object.entries({ 'manifest.json': manifest, ...more }).map(([name, value]) => ({
            name,
            data: encodeJson(value),
          })),
        ),
      ]);
    const manifest = { format: 'digit-lab-runs', version: 1, pageVersion: '0', runs: ['one'] };
    const of = async (blob: Blob): Promise<unknown> => detailsOf(importArchive(memoryRuns(), blob));
    expect(await of(new Blob(['no zip']))).toEqual({ kind: 'not_runs' });
    expect(await of(new Blob([await writeZip([])]))).toEqual({ kind: 'not_runs' });
    expect(await of(await zipOf({ format: 'another' }))).toEqual({ kind: 'not_runs' });
    expect(await of(await zipOf({ ...manifest, version: 2 }))).toEqual({ kind: 'newer' });
    expect(await of(await zipOf({ ...manifest, runs: ['../one'] }))).toEqual({
      kind: 'damaged',
      part: 'manifest.json',
    });
    const part = partName('one', 'run');
    expect(await of(await zipOf(manifest))).toEqual({ kind: 'damaged', part });
    expect(await of(await zipOf(manifest, { [part]: { version: 99 } }))).toEqual({ kind: 'newer' });
    expect(await of(await zipOf(manifest, { [part]: { version: 2 } }))).toEqual({ kind: 'damaged', part });
    const cut = file.slice(0, file.size - 30);
    expect(await of(cut)).toMatchObject({ kind: 'not_runs' });
  });

  it('of an older page, which had no curvature, is read; one that has lost it is damaged', async () => {
    const part = partName('one', 'curvature');
    const small = memoryRuns();
    await small.write(wholeRun('one', 3));
    const zip = await openZip(await writeArchive(small, ['one'], options));
    const without = async (manifest: (whole: object) => object): Promise<Blob> => {
      const entries = [...zip].filter(([name]) => name !== part);
      return new Blob([
        await writeZip(
          await Promise.all(
            entries.map(async ([name, entry]) => {
              const data = await entry.read();
              const changed = (): Uint8Array<ArrayBuffer> => encodeJson(manifest(decodeJson(data) as object));
              return { name, data: name === 'manifest.json' ? changed() : data };
            }),
          ),
        ),
      ]);
    };
    const store = memoryRuns();
    const older = await without((whole) => ({ ...whole, parts: undefined }));
    expect(await importArchive(store, older)).toEqual({ added: 1, present: 0 });
    expect(await store.curvature('one')).toEqual([]);
    const lost = await without((whole) => whole);
    expect(await detailsOf(importArchive(memoryRuns(), lost))).toEqual({ kind: 'damaged', part });
  });

  it('whatever its bytes are, gives whole runs or says what is wrong', async () => {
    const small = memoryRuns();
    await small.write(wholeRun('one', 3));
    const original = new Uint8Array(await (await writeArchive(small, ['one'], options)).arrayBuffer());
    const whole = await everything(small, 'one');
    const change = fc.record({ at: fc.nat({ max: original.length - 1 }), byte: fc.nat({ max: 255 }) });
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat({ max: original.length }), { freq: 8 }),
        async (changes, length) => {
          const bytes = original.slice(0, length ?? original.length);
          for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte;
          const store = memoryRuns();
          const details = await detailsOf(importArchive(store, new Blob([bytes])));
          if (details !== null) refused += 1;
          if (details !== null || (await store.get('one')) === null) expect(await store.list()).toEqual([]);
          else expect(await everything(store, 'one')).toEqual(whole);
        },
      ),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(1000);
  });
});

it('brings a run back that has no metrics by step', async () => {
  const small = memoryRuns();
  const thinnedLoss = { steps: [1, 2000], values: [2.3, null] };
  const write = { ...writeOf({ id: 'one', mark: 1 }, 0, 2000), metrics: [], keyframes: [] };
  await small.write({ ...write, run: { ...runOf('one', 2000), phase: 'finished', thinnedLoss } });
  const store = memoryRuns();
  expect(await importArchive(store, await writeArchive(small, ['one'], options))).toMatchObject({ added: 1 });
  expect(await store.get('one')).toEqual(await small.get('one'));
  expect([(await store.metrics('one')).count, await store.tests('one')]).toEqual([
    0,
    await small.tests('one'),
  ]);
});

it('takes no part that is wrong with the right checksum', async () => {
  const small = memoryRuns();
  await small.write(wholeRun('one', 3));
  const zip = await openZip(await writeArchive(small, ['one'], options));
  const parts = await Promise.all(
    [...zip]
      .filter(([name]) => !name.includes('/two/'))
      .map(async ([name, entry]) => ({ name, data: await entry.read() })),
  );
  const manifest = { format: 'digit-lab-runs', version: 1, pageVersion: '0', runs: ['one'] };
  const others = parts.filter(({ name }) => name !== 'manifest.json');
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: others.length - 1 }),
      fc.array(fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat({ max: 255 }) }), {
        minLength: 1,
        maxLength: 4,
      }),
      async (which, changes) => {
        const entries = others.map(({ name, data }, i) => {
          const bytes = data.slice();
          // Most of a large array is as good as any other number: what stands before it is looked at closely.
          const reach = Math.min(bytes.length, 1500);
          if (i === which) for (const { at, byte } of changes) bytes[Math.floor(at * (reach - 1))] = byte;
          return { name, data: bytes };
        });
        const changed = await writeZip([...entries, { name: 'manifest.json', data: encodeJson(manifest) }]);
        const store = memoryRuns();
        const details = await detailsOf(importArchive(store, new Blob([changed])));
        const run = await store.get('one');
        expect(run === null).toBe(details !== null);
        if (details !== null) refused += 1;
        if (run === null) return;
        expect((await store.metrics('one')).count).toBe(run.summary.steps);
        for (const step of await store.keyframeSteps('one')) {
          expect(step).toBeLessThanOrEqual(run.summary.steps);
          expect(await store.keyframe('one', step)).not.toBeNull();
        }
      },
    ),
    { numRuns: 1000 },
  );
  expect(refused).toBeGreaterThan(250);
});

it('has JSON for every number', () => {
  const value = { a: [Number.NaN, Infinity, -Infinity, -0, 0, 0.1], number: 'x', b: { number: 'y' } };
  expect(decodeJson(encodeJson(value))).toEqual(value);
});
