/** The generated messages are what protoc makes of the definitions in protos/. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { hasProgramForTest } from './torch/torchTest.ts';

const hasProtoc = hasProgramForTest('protoc', 'protobuf-compiler');
const folder = mkdtempSync(join(tmpdir(), 'digit-lab-protos-'));
afterAll(() => rmSync(folder, { recursive: true }));

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { protos: string } };
const made = scripts.protos.match(/\S+(?=\.proto\b)/g) ?? [];

describe.runIf(hasProtoc)('npm run protos', () => {
  test('makes what is there', () => {
    execFileSync('sh', ['-c', scripts.protos.replace('--es_out=src/formats', `--es_out=${folder}`)]);
    expect(made.length).toBeGreaterThan(0);
    for (const name of made)
      for (const extension of ['js', 'd.ts']) {
        const file = `${name}_pb.${extension}`;
        expect(readFileSync(join('src/formats', file), 'utf8')).toBe(
          readFileSync(join(folder, file), 'utf8'),
        );
      }
  });
});
