/**
 * A table of files that real PyTorch makes: what its load_state_dict(strict=True) takes we take, with the same numbers; what it
 * refuses we refuse, and name the same keys.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FormatError } from '@/formats/formatError';
import { loadStateDict, type LoadedStateDict } from '@/formats/loadStateDict';
import { decodeSafetensors } from '@/formats/safetensors';
import { openWeightFile } from '@/formats/weightFile';
import { lenet } from '@/model/architectures';
import { nameProblems } from '@/model/layerNames';
import type { NetworkSpec } from '@/model/layers';
import { moduleAttributes } from '@/model/moduleAttributes';
import { parseNetworkSpec } from '@/model/networkSchema';
import type { TensorData } from '@/model/tensor';
import type { StateDictMismatch } from '@/model/weightFiles';
import { inMemory } from '../fixtures/inMemory.ts';
import { startTorch, type TorchProcess } from './torchProcess.ts';
import { torchPythonOfTest } from './torchTest.ts';

const python = torchPythonOfTest();
const script = fileURLToPath(new URL('./state_dicts.py', import.meta.url));
const small = parseNetworkSpec(
  JSON.parse(
    readFileSync(new URL('../../fixtures/cases/weights/small_network.json', import.meta.url), 'utf8'),
  ),
);
/** With BatchNorm, and with names of two parts. */
const networks: readonly NetworkSpec[] = [small, lenet];

interface Row {
  readonly name: string;
  readonly network: number;
  readonly accepted: boolean;
  readonly error: string | null;
  readonly wrapper: string;
  readonly file: string;
  readonly result: string;
}

const bytesOf = ({ data }: TensorData): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** Bit for bit, but that one NaN is as good as another: processors keep different bits of it. */
function isSame(a: TensorData, b: TensorData): boolean {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return false;
  if (a.dtype !== 'F32' || b.dtype !== 'F32') return bytesOf(a).equals(bytesOf(b));
  return a.data.length === b.data.length && a.data.every((value, i) => Object.is(value, b.data[i]));
}

const quoted = (key: string): string => `"${key}"`;

describe.runIf(python !== null)('as PyTorch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'digit-lab-'));
  let process: TorchProcess;
  const read = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(join(folder, name)));

  const load = async ({ network, file }: Row): Promise<LoadedStateDict | StateDictMismatch> => {
    try {
      return await loadStateDict(networks[network] ?? small, await openWeightFile(inMemory(read(file))));
    } catch (error) {
      if (error instanceof FormatError && error.details.kind === 'mismatch') return error.details;
      throw error;
    }
  };

  beforeAll(() => {
    process = startTorch(python ?? '', [script]);
  });
  afterAll(() => {
    process.stop();
    rmSync(folder, { recursive: true });
  });

  test('every file gets PyTorch’s verdict, and its numbers or its keys', async () => {
    const { version, rows } = (await process.ask(['table', networks, folder])) as {
      readonly version: string;
      readonly rows: readonly Row[];
    };
    // PyTorch 1.13 takes a little that a current one refuses, and we tell (loadStateDict.ts).
    const isOracle = version.startsWith('1.');
    expect(rows.length).toBeGreaterThan(250);
    expect(rows.filter(({ accepted }) => accepted).length).toBeGreaterThan(80);
    expect(rows.filter(({ accepted }) => !accepted).length).toBeGreaterThan(80);
    for (const row of rows) {
      const label = `${row.name} of ${networks[row.network]?.name}: ${row.error ?? 'accepted'}`;
      // oxlint-disable-next-line no-await-in-loop -- one file after the other
      const ours = await load(row);
      if ('parameters' in ours) {
        const { ignored, firstOfSeveral } = ours.report;
        if (ignored.count + firstOfSeveral.count > 0 && !isOracle) continue;
        expect(row.accepted, label).toBe(true);
        expect(ours.report.prefix, label).toBe(row.wrapper);
        const { tensors } = decodeSafetensors(read(row.result));
        expect(ours.parameters.size, label).toBe(tensors.size);
        for (const [key, tensor] of ours.parameters) {
          const theirs = tensors.get(key);
          expect(theirs !== undefined && isSame(tensor, theirs), `${label}, ${key}`).toBe(true);
        }
      } else {
        expect(row.accepted, label).toBe(false);
        const error = row.error ?? '';
        // An empty list where a scalar is asked for is an IndexError in PyTorch, before anything is listed.
        if (error.startsWith('index 0')) continue;
        for (const { key } of [...ours.missing.first, ...ours.unexpected.first]) {
          expect(error, label).toContain(quoted(key));
        }
        for (const { key } of ours.differing.first) {
          expect(error, label).toContain(`size mismatch for ${key}:`);
        }
        if (!isOracle) continue;
        const named = error.match(/"[^"]*"|size mismatch for/g) ?? [];
        expect(named, label).toHaveLength(ours.missing.count + ours.unexpected.count + ours.differing.count);
      }
    }
  });

  test('layer names: what add_module refuses is refused', async () => {
    const names = ['forward', 'training', 'children', 'type', 'T_destination', '0', '3rd', 'block-1', '卷积'];
    const everyday = [
      'conv1',
      'features',
      'weight',
      'bias',
      'constructor',
      '__proto__',
      'toString',
      'in',
      'self',
    ];
    const asked = [...names, ...everyday, ...moduleAttributes, '', 'a.b'];
    const { refused, attributes } = (await process.ask(['names', asked])) as {
      refused: readonly string[];
      attributes: readonly string[];
    };
    const isReserved = (name: string): boolean =>
      nameProblems([{ kind: 'ReLU', name }]).some(({ code }) => code === 'reserved_name');
    expect(attributes.filter((name) => !isReserved(name))).toEqual([]);
    for (const name of names.concat(everyday)) {
      const problems = nameProblems([{ kind: 'ReLU', name }]);
      expect(problems.length > 0, name).toBe(refused.includes(name));
    }
    // Ours are those of several versions; each of them has most.
    expect([...moduleAttributes].filter((name) => refused.includes(name)).length).toBeGreaterThan(90);
  });
});
