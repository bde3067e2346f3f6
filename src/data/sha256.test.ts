import { afterEach, expect, test, vi } from 'vitest';
import { sha256, verifySha256 } from '@/data/sha256';

afterEach(() => vi.unstubAllGlobals());

// FIPS 180-2, appendix B.
const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
const bytes = new TextEncoder().encode('abc');

test('gives the standard value', async () => {
  expect(await sha256(bytes)).toBe(abc);
});

test('gives the same without crypto.subtle, as on insecure pages', async () => {
  vi.stubGlobal('crypto', {});
  expect(await sha256(bytes)).toBe(abc);
});

test('names the file, the expected and the found checksum', async () => {
  await expect(verifySha256('a.bin', bytes, abc)).resolves.toBeUndefined();
  const other = abc.replace('b', 'c');
  await expect(verifySha256('a.bin', bytes, other)).rejects.toMatchObject({
    code: 'data_checksum',
    file: 'a.bin',
    message: expect.stringContaining(`expected SHA-256 ${other}, found ${abc}`) as string,
  });
});
