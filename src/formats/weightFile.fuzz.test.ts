/** The whole way of a weight file, with damaged ones: every answer is weights that fit or a FormatError, and memory stays bounded. */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { FormatError } from '@/formats/formatError';
import { loadStateDict } from '@/formats/loadStateDict';
import { openWeightFile } from '@/formats/weightFile';
import { parseNetworkSpec } from '@/model/networkSchema';
import { stateEntries } from '@/model/stateDict';
import { sizeOf } from '@/model/tensor';
import { inMemory } from '../../scripts/fixtures/inMemory.ts';

const read = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/cases/weights/${name}`, import.meta.url)));
const network = parseNetworkSpec(JSON.parse(new TextDecoder().decode(read('small_network.json'))));
const originals = [
  'ok.safetensors',
  'counter_F16_all_half.safetensors',
  'prefix_module.safetensors',
  'sequential.safetensors',
  'state_dict.pth',
].map(read);

/** What stands in headers, and what should not. */
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

test(`${numRuns} damaged files are refused with a FormatError or loaded whole`, async () => {
  const entries = stateEntries(network);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...originals),
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      async (original, mutations) => {
        const bytes = mutations.reduce((changed, mutate) => mutate(changed), original);
        try {
          const { parameters } = await loadStateDict(network, await openWeightFile(inMemory(bytes)));
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
      },
    ),
    { numRuns },
  );
});
