/** PyTorch's own files, as fixtures/pytorch/torch_files.py had them written, and what no such file should do. */
import { readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { loadStateDict } from '@/formats/loadStateDict';
import { decodeSafetensors } from '@/formats/safetensors';
import { readPickle } from '@/formats/torch/pickle';
import { openWeightFile } from '@/formats/weightFile';
import { openZip, writeZip } from '@/formats/zip';
import { parseNetworkSpec } from '@/model/networkSchema';
import { inMemory } from '../../../scripts/fixtures/inMemory.ts';

const read = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`../../../fixtures/${name}`, import.meta.url)));
const pth = (name: string): Uint8Array<ArrayBuffer> => read(`pytorch/torch_files/${name}.pth`);
const network = parseNetworkSpec(
  JSON.parse(new TextDecoder().decode(read('cases/weights/small_network.json'))),
);
const ascii = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (letter) => letter.charCodeAt(0));

test.each([
  'zip',
  'legacy',
  'zip_shared',
  'zip_strided',
  'zip_in_model',
  'legacy_in_model',
  'zip_protocol_5',
])('%s gives the numbers of expected.safetensors', async (name) => {
  const { parameters } = await loadStateDict(network, await openWeightFile(inMemory(pth(name))));
  expect(parameters).toEqual(decodeSafetensors(read('pytorch/torch_files/expected.safetensors')).tensors);
});

test.each(['zip_module', 'legacy_module'])('%s is told from a state_dict', async (name) => {
  await expect(openWeightFile(inMemory(pth(name)))).rejects.toMatchObject({
    details: { kind: 'whole_module', className: 'Net', key: null, isScript: false },
  });
});

test('one that was packed again, or written by a big-endian machine, gives the same numbers', async () => {
  const zip = await openZip(inMemory(pth('zip')));
  const parts = await Promise.all(
    [...zip].map(async ([name, { read: all }]) => ({ name, data: await all(), isPacked: true })),
  );
  const expected = decodeSafetensors(read('pytorch/torch_files/expected.safetensors')).tensors;
  const numbers = async (file: Uint8Array<ArrayBuffer>) =>
    (await loadStateDict(network, await openWeightFile(inMemory(file)))).parameters;
  expect(await numbers(await writeZip(parts))).toEqual(expected);

  const items = [...expected.values()].map(({ data }) => data.BYTES_PER_ELEMENT);
  const swapped = parts.map(({ name, data }) => {
    const [, key] = /data\/(\d+)$/u.exec(name) ?? [];
    const size = key === undefined ? 1 : (items[Number(key)] ?? 1);
    for (let at = 0; at < data.length; at += size) data.subarray(at, at + size).reverse();
    return { name, data };
  });
  const folder = (parts[0]?.name ?? '').split('/')[0] ?? '';
  const file = await writeZip([...swapped, { name: `${folder}/byteorder`, data: ascii('big') }]);
  expect(await numbers(file)).toEqual(expected);
});

test('a file cut short is damaged, wherever it ends', async () => {
  for (const name of ['zip', 'legacy', 'zip_strided']) {
    const whole = pth(name);
    for (let length = 40; length < whole.length; length += 97) {
      const loading = openWeightFile(inMemory(whole.slice(0, length))).then((arrays) =>
        loadStateDict(network, arrays),
      );
      // oxlint-disable-next-line no-await-in-loop -- one file after the other
      await expect(loading, `${name} of ${length}`).rejects.toMatchObject({ details: { kind: 'damaged' } });
    }
  }
});

test('a flipped bit among the numbers is seen by the checksum', async () => {
  const bytes = pth('zip');
  const at = bytes.length / 2;
  bytes[Math.floor(at)] = (bytes[Math.floor(at)] ?? 0) ^ 4;
  const loading = openWeightFile(inMemory(bytes)).then((arrays) => loadStateDict(network, arrays));
  await expect(loading).rejects.toMatchObject({ details: { kind: 'damaged' } });
});

describe('a pickle', () => {
  const reading = { construct: () => undefined, load: () => undefined };

  test('that calls is read as the call that it is, and nothing is called', () => {
    const { value } = readPickle(ascii('\x80\x02cos\nsystem\nX\x04\0\0\0exit\x85R.'), 0, reading);
    expect(value).toMatchObject({ called: { path: 'os.system' }, args: ['exit'] });
  });

  test.each([
    ['of protocol 0, which can name any object', 'ios\nsystem\n.', 'opcode'],
    ['with an extension code', '\x80\x02\x82\x01.', 'opcode'],
    ['without an end', '\x80\x02}q', 'damaged'],
    ['that takes what is not there', '\x80\x02\x87.', 'damaged'],
    ['that names what it has not put', '\x80\x02h\x07.', 'damaged'],
    ['with a text longer than itself', '\x80\x02X\xff\xff\xff\x7fa.', 'damaged'],
    ['with a number of many bytes', `\x80\x02\x8b\xff\xff\0\0${'a'.repeat(65_535)}.`, 'damaged'],
  ])('%s is refused', (_name, text, kind) => {
    expect(() => readPickle(ascii(text), 0, reading)).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ kind }) }),
    );
  });
});

describe('a zip file', () => {
  test('goes out and comes back, stored data at multiples of 64', async () => {
    const data = ascii('abc'.repeat(1000));
    const bytes = await writeZip([
      { name: 'a/b', data },
      { name: '网络', data, isPacked: true },
      { name: 'c', data: ascii('') },
      { name: 'd', data },
    ]);
    const zip = await openZip(inMemory(bytes));
    expect([...zip.keys()]).toEqual(['a/b', '网络', 'c', 'd']);
    expect(await zip.get('网络')?.read()).toEqual(data);
    const text = new TextDecoder('latin1').decode(bytes);
    const places = [...text.matchAll(/abcabcabcabc/gu)].map(({ index }) => index);
    const starts = [places[0], text.lastIndexOf('abc'.repeat(1000))];
    expect(starts.map((at) => (at ?? NaN) % 64)).toEqual([0, 0]);
  });

  /** One deflated entry that says that it has `size` bytes. */
  function packed(name: string, content: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
    const data = deflateRawSync(content);
    const local = Buffer.alloc(30);
    local.write('PK\x03\x04', 'latin1');
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(8, 8);
    local.writeUInt32LE(data.length, 18);
    local.writeUInt32LE(size, 22);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.write('PK\x01\x02', 'latin1');
    local.copy(central, 6, 4, 30);
    const end = Buffer.alloc(22);
    end.write('PK\x05\x06', 'latin1');
    end.writeUInt16LE(1, 8);
    end.writeUInt16LE(1, 10);
    end.writeUInt32LE(46 + name.length, 12);
    end.writeUInt32LE(30 + name.length + data.length, 16);
    return new Uint8Array(Buffer.concat([local, Buffer.from(name), data, central, Buffer.from(name), end]));
  }

  test.each([
    ['says more than its bytes can give', 10, 2 ** 29, 'damaged'],
    ['gives more than it says', 5_000_000, 100, 'damaged'],
    ['says more than any network needs', 10, 2 ** 31, 'too_large'],
  ])('that %s is refused', async (_name, real, said, kind) => {
    const zip = await openZip(inMemory(packed('a/data/0', new Uint8Array(real), said)));
    await expect(zip.get('a/data/0')?.read()).rejects.toMatchObject({ details: { kind } });
  });
});
