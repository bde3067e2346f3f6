/** .pth files between real PyTorch and this app: every form that torch.save writes is read bit for bit, and ours are by torch.load. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadStateDict } from '@/formats/loadStateDict';
import type { NamedArray, NamedArrays } from '@/formats/namedArrays';
import { itemBytes, type NumberTypeName } from '@/formats/numberTypes';
import { decodeSafetensors, openSafetensors } from '@/formats/safetensors';
import { encodeTorch } from '@/formats/torch/encode';
import { openWeightFile } from '@/formats/weightFile';
import { architectures } from '@/model/architectures';
import { parseNetworkSpec } from '@/model/networkSchema';
import { stateEntries } from '@/model/stateDict';
import { sizeOf, type TensorData } from '@/model/tensor';
import { fillFromHash } from '../fixtures/hashParameters.ts';
import { inMemory } from '../fixtures/inMemory.ts';
import { pytorchFixtures } from '../fixtures/readFixture.ts';
import { startTorch, type TorchProcess } from './torchProcess.ts';
import { torchPythonOfTest } from './torchTest.ts';

const python = torchPythonOfTest();
const script = fileURLToPath(new URL('./torch_files.py', import.meta.url));
const network = parseNetworkSpec(
  JSON.parse(
    readFileSync(new URL('../../fixtures/cases/weights/small_network.json', import.meta.url), 'utf8'),
  ),
);

const bytesOf = ({ data }: TensorData): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);
const valuesOf = (array: NamedArray): Promise<Uint8Array> =>
  array.read(sizeOf(array.shape) * itemBytes(array.dtype as NumberTypeName));

describe.runIf(python !== null)('.pth files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'digit-lab-'));
  let process: TorchProcess;
  const read = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(readFileSync(join(folder, name)));
  const open = (name: string): Promise<NamedArrays> => openWeightFile(inMemory(read(name)));

  beforeAll(() => {
    process = startTorch(python ?? '', [script, pytorchFixtures]);
  });
  afterAll(() => {
    process.stop();
    rmSync(folder, { recursive: true });
  });

  test('of every form give the same numbers, or say what they are', async () => {
    const { accepted, refused } = (await process.ask(['files', folder])) as Record<
      'accepted' | 'refused',
      readonly string[]
    >;
    expect(accepted).toHaveLength(24);
    const { tensors } = decodeSafetensors(read('expected.safetensors'));
    for (const name of accepted) {
      // oxlint-disable-next-line no-await-in-loop -- one file after the other
      const { parameters } = await loadStateDict(network, await open(`${name}.pth`));
      expect([...parameters.keys()], name).toEqual([...tensors.keys()]);
      for (const [key, tensor] of parameters) {
        const expected = tensors.get(key);
        expect(expected !== undefined && bytesOf(tensor).equals(bytesOf(expected)), `${name} ${key}`).toBe(
          true,
        );
      }
    }
    const kinds = { module: 'whole_module', model_in_model: 'whole_module' };
    for (const name of refused) {
      const kind = Object.entries(kinds).find(([end]) => name.endsWith(`_${end}`))?.[1] ?? 'no_state_dict';
      // oxlint-disable-next-line no-await-in-loop -- one file after the other
      await expect(open(`${name}.pth`), name).rejects.toMatchObject({ details: { kind } });
    }
  });

  test('of TorchScript are told from weights', async () => {
    await process.ask(['files', folder]);
    await expect(open('script.pth')).rejects.toMatchObject({
      details: { kind: 'whole_module', className: 'Sequential', isScript: true },
    });
  });

  test('of every type, whole, strided, as parts and as spread values', async () => {
    const names = (await process.ask(['types', folder])) as readonly string[];
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      // oxlint-disable-next-line no-await-in-loop -- one file after the other
      const [ours, theirs] = await Promise.all([
        open(`${name}.pth`),
        openSafetensors(inMemory(read(`${name}.safetensors`))),
      ]);
      expect([...ours.keys()], name).toEqual([...theirs.keys()]);
      for (const [key, array] of theirs) {
        const found = ours.get(key);
        expect(found, `${name} ${key}`).toMatchObject({ dtype: array.dtype, shape: array.shape });
        // oxlint-disable-next-line no-await-in-loop -- one tensor after the other
        if (found !== undefined)
          expect(await valuesOf(found), `${name} ${key}`).toEqual(await valuesOf(array));
      }
    }
  });

  test.each(
    architectures
      .filter(({ id }) => id !== 'vgg16')
      .map((net) => [net.name, net] as const)
      .concat([['with BatchNorm', network]]),
  )('of ours are what torch.load gives: %s', async (_name, net) => {
    const state = new Map(
      stateEntries(net).map(({ key, shape, dtype }, salt): [string, TensorData] => {
        const data = fillFromHash(sizeOf(shape), { salt, scale: 1, offset: 0 });
        if (dtype === 'I64') return [key, { dtype, shape, data: BigInt64Array.of(2n ** 40n + 7n) }];
        // NaN and infinity travel as they are.
        data.set([NaN, Infinity, -0].slice(0, data.length));
        return [key, { dtype, shape, data }];
      }),
    );
    const file = await encodeTorch(net, state);
    writeFileSync(join(folder, 'ours.pth'), file);
    const answer = await process.ask(['load', join(folder, 'ours.pth'), join(folder, 'result.safetensors')]);
    expect(answer).toEqual({ error: null, same: true, type: 'OrderedDict' });
    const { tensors } = decodeSafetensors(read('result.safetensors'));
    expect([...tensors.keys()]).toEqual([...state.keys()]);
    for (const [key, tensor] of state) {
      const found = tensors.get(key);
      expect(found?.shape).toEqual(tensor.shape);
      expect(found !== undefined && bytesOf(tensor).equals(bytesOf(found)), key).toBe(true);
    }
    // And here again.
    const { parameters } = await loadStateDict(net, await openWeightFile(inMemory(file)));
    expect(
      [...parameters].every(([key, tensor]) => bytesOf(tensor).equals(bytesOf(state.get(key) ?? tensor))),
    ).toBe(true);
  });
});
