/** Plants one violation of every import rule in a scratch project and checks that the linter, with our configuration, names each. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
let scratch = '';

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'import-rules-'));
  cpSync(join(root, '.oxlintrc.json'), join(scratch, '.oxlintrc.json'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
}

/** Plants a file that imports `imported`; its path. */
function plant(file: string, imported: string): string {
  const path = join(scratch, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `import { x } from '${imported}';\nexport const y = x;\n`);
  return file;
}

/** `file code` of every finding in the scratch project. */
function lint(): string[] {
  let output: string;
  try {
    output = execFileSync(join(root, 'node_modules/.bin/oxlint'), ['-f', 'json'], {
      cwd: scratch,
      encoding: 'utf8',
    });
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  const found = JSON.parse(output) as { diagnostics: readonly Diagnostic[] };
  return found.diagnostics.map((diagnostic) => `${diagnostic.filename} ${diagnostic.code}`);
}

const rule = 'eslint(no-restricted-imports)';

/** From the table in docs/architecture.md: [folder, one import that is allowed, one that is not]. */
const table = [
  ['model', '@/model/layers', '@/data/idx'],
  ['data', '@/data/idx', '@/model/layers'],
  ['conv', '@/conv/trace', '@/model/layers'],
  ['doctor', '@/model/layers', '@/engine/engine'],
  ['report', '@/model/layers', '@/store/store'],
  ['formats', '@/model/tensor', '@/engine/engine'],
  ['protocol', '@/model/runConfig', '@/engine/engine'],
  ['engine', '@tensorflow/tfjs', '@/training/trainer'],
  ['engine/webgpu', '@/engine/compiling/fusion', '@/engine/wasm/program'],
  ['engine/webgpu', '@/model/layers', '@tensorflow/tfjs'],
  ['engine/wasm', '@/engine/compiling/fusion', '@/engine/webgpu/program'],
  ['engine/wasm', '@/engine/engine', '@/engine/tfjs/backends'],
  ['engine/tfjs', '@/engine/kernels/channelDot', '@/engine/wasm/program'],
  ['engine/tfjs', '@tensorflow/tfjs', '@/engine/webgpu/program'],
  ['engine/compiling', '@/model/layers', '@/engine/wasm/program'],
  ['training', '@/engine/engine', '@/store/store'],
  ['storage', '@/formats/safetensors', '@/store/store'],
  ['store', '@/protocol/messages', '@/engine/engine'],
  ['store', '@/model/layers', '@tensorflow/tfjs'],
  ['training', '@/engine/engine', 'react'],
  ['views/train', '@/views/ui/Panel', '@/views/draw/DrawView'],
  ['views/draw', '@/store/store', '@/training/trainer'],
  ['views/ui', '@/views/ui/Panel', '@/views/train/TrainView'],
  ['views/licences', '@/views/ui/Panel', '@/views/train/TrainView'],
  ['views/convLab', '@/conv/trace', '@tensorflow/tfjs'],
  ['app', '@/views/train/TrainView', '@/engine/engine'],
  ['model', './layers', '../engine/engine'],
] as const;

describe('import rules', () => {
  it('flags every planted violation and none of the allowed imports', () => {
    const allowed = table.map(([folder, good], i) => plant(`src/${folder}/allowed${i}.ts`, good));
    const forbidden = table.map(([folder, , bad], i) => plant(`src/${folder}/forbidden${i}.ts`, bad));
    plant('src/model/one.ts', './two');
    plant('src/model/two.ts', './one');
    const found = lint();
    for (const file of forbidden) expect(found).toContain(`${file} ${rule}`);
    for (const file of allowed) expect(found).not.toContain(`${file} ${rule}`);
    expect(found).toContain('src/model/one.ts import(no-cycle)');
  });
});
