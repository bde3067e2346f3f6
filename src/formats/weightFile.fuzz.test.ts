/** The whole way of a weight file, with damaged ones: every answer is weights that fit or a FormatError, and memory stays bounded. */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { FormatError } from '@/formats/formatError';
import { loadStateDict } from '@/formats/loadStateDict';
import type { NamedArrays } from '@/formats/namedArrays';
import { openTorchZip, pickleEntry } from '@/formats/torch/zipFile';
import { openWeightFile } from '@/formats/weightFile';
import { openZip, type Zip } from '@/formats/zip';
import { parseNetworkSpec } from '@/model/networkSchema';
import { stateEntries } from '@/model/stateDict';
import { sizeOf } from '@/model/tensor';
import { inMemory } from '../../scripts/fixtures/inMemory.ts';

const read = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url)));
const network = parseNetworkSpec(
  JSON.parse(new TextDecoder().decode(read('cases/weights/small_network.json'))),
);
const originals = [
  'cases/weights/ok.safetensors',
  'cases/weights/counter_F16_all_half.safetensors',
  'cases/weights/prefix_module.safetensors',
  'cases/weights/sequential.safetensors',
  ...['zip', 'zip_shared', 'zip_strided', 'zip_in_model', 'zip_protocol_5', 'zip_module']
    .concat(['legacy', 'legacy_in_model', 'legacy_module'])
    .map((name) => `pytorch/torch_files/${name}.pth`),
].map(read);

/** What stands in headers and pickles, and what should not. */
const tokens = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '-1',
  '1e9',
  '9007199254740993',
  'null',
  'F64',
  'I64',
  'BOOL',
  'F4',
]
  .concat(['\0', '\u{feff}', 'module.', '__metadata__', '__proto__', '"shape":[]', '[0,0]', '[[[['])
  .concat([
    '(',
    '.',
    'R',
    'Q',
    'c',
    't',
    'q\u0001',
    'h\u0001',
    'cos\nsystem\n',
    'J\xff\xff\xff\x7f',
    'PK\u0003\u0004',
    'PK\u0001\u0002',
  ])
  .map((token) => new TextEncoder().encode(token));

type Mutation = (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;

const spliced = (
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  removed: number,
  put: Uint8Array,
): Uint8Array<ArrayBuffer> => {
  const place = Math.floor(at * bytes.length);
  return new Uint8Array([...bytes.subarray(0, place), ...put, ...bytes.subarray(place + removed)]);
};
/** Mostly in the header, where a change means something. */
const place = fc.oneof(
  { weight: 3, arbitrary: fc.double({ min: 0, max: 0.25, noNaN: true }) },
  fc.double({ min: 0, max: 1, noNaN: true }),
);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.nat(255)).map(
    ([at, value]): Mutation =>
      (bytes) =>
        spliced(bytes, at, 1, Uint8Array.of(value)),
  ),
  fc.tuple(place, fc.constantFrom(...tokens), fc.nat(6)).map(
    ([at, token, removed]): Mutation =>
      (bytes) =>
        spliced(bytes, at, removed, token),
  ),
  fc.tuple(place, fc.nat(300)).map(
    ([at, removed]): Mutation =>
      (bytes) =>
        spliced(bytes, at, removed, new Uint8Array()),
  ),
  place.map(
    (at): Mutation =>
      (bytes) =>
        bytes.slice(0, Math.floor(at * bytes.length)),
  ),
  // Another length of the header, so that a changed one is read to its end.
  fc.integer({ min: -16, max: 16 }).map((change): Mutation => (bytes) => {
    if (bytes.length < 8) return bytes;
    const changed = bytes.slice();
    const view = new DataView(changed.buffer);
    view.setBigUint64(0, BigInt.asUintN(64, view.getBigUint64(0, true) + BigInt(change)), true);
    return changed;
  }),
);

const numRuns = Number(process.env['DIGIT_LAB_FUZZ_RUNS'] ?? 2000);

/** Weights that fit, or a FormatError that is not too long to show. */
async function expectAnswer(opening: Promise<NamedArrays>): Promise<void> {
  const entries = stateEntries(network);
  try {
    const { parameters } = await loadStateDict(network, await opening);
    expect([...parameters.keys()]).toEqual(entries.map(({ key }) => key));
    for (const { key, dtype, shape } of entries) {
      expect(parameters.get(key)).toMatchObject({ dtype, shape });
      expect(parameters.get(key)?.data).toHaveLength(sizeOf(shape));
    }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    expect(JSON.stringify(error.details).length).toBeLessThan(20_000);
    expect(error.message.length).toBeLessThan(20_000);
  }
}

const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });
const mutated = (original: Uint8Array<ArrayBuffer>, all: readonly Mutation[]): Uint8Array<ArrayBuffer> =>
  all.reduce((changed, mutate) => mutate(changed), original);

test(`${numRuns} damaged files are refused with a FormatError or loaded whole`, async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...originals), mutations, (original, all) =>
      expectAnswer(openWeightFile(inMemory(mutated(original, all)))),
    ),
    { numRuns },
  );
});

type Parts = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

async function partsOf(name: string): Promise<Parts> {
  const zip = await openZip(inMemory(read(`pytorch/torch_files/${name}.pth`)));
  return new Map(
    await Promise.all([...zip].map(async ([entry, { read: all }]) => [entry, await all()] as const)),
  );
}

/** A zip file of these parts, as if its checksums fitted them. */
const zipOf = (parts: Parts): Zip =>
  new Map([...parts].map(([name, data]) => [name, { size: data.length, read: async () => data.slice() }]));

test(`${numRuns} damaged pickles of whole files are refused with a FormatError or loaded whole`, async () => {
  const names = ['zip', 'zip_shared', 'zip_strided', 'zip_in_model', 'zip_protocol_5', 'zip_module'];
  const files = await Promise.all(names.map(partsOf));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...files), mutations, async (parts, all) => {
      const zip = zipOf(parts);
      const pickle = pickleEntry(zip) ?? '';
      const damaged = mutated(parts.get(pickle) ?? new Uint8Array(), all);
      await expectAnswer(openTorchZip(zipOf(new Map([...parts, [pickle, damaged]])), pickle));
    }),
    { numRuns },
  );
});
