/** Plants one violation of every import rule in a scratch project and checks that the linter, with our configuration, names each. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderRules, importOverrides, importTable, type LintOverride } from './importRules.ts';

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

/** Written out, so that scripts/importRules.ts cannot be wrong in silence: [folder, one import that is allowed, one that is not]. */
const table = [
  ['model', '@/model/layers', '@/data/idx'],
  ['data', '@/data/idx', '@/model/layers'],
  ['conv', '@/conv/trace', '@/model/layers'],
  ['doctor', '@/model/layers', '@/engine/engine'],
  ['report', '@/model/layers', '@/session/session'],
  ['formats', '@/model/tensor', '@/engine/engine'],
  ['protocol', '@/model/runConfig', '@/engine/engine'],
  ['engine', '@tensorflow/tfjs', '@/training/trainer'],
  ['engine/webgpu', '@/engine/compiling/fusion', '@/engine/wasm/program'],
  ['engine/webgpu', '@/model/layers', '@tensorflow/tfjs'],
  ['engine/wasm', '@/engine/compiling/fusion', '@/engine/webgpu/program'],
  ['engine/wasm', '@/engine/engine', '@/engine/tfjs/backends'],
  ['engine/tfjs', '@/engine/tfjs/kernels/channelDot', '@/engine/wasm/program'],
  ['engine/tfjs', '@tensorflow/tfjs', '@/engine/webgpu/program'],
  ['engine/compiling', '@/model/layers', '@/engine/wasm/program'],
  ['training', '@/engine/engine', '@/session/session'],
  ['storage', '@/formats/safetensors', '@/session/session'],
  ['session', '@/protocol/messages', '@/engine/engine'],
  ['session', '@/model/layers', '@tensorflow/tfjs'],
  ['training', '@/engine/engine', 'react'],
  ['features/train', '@/ui/layout/Panel', '@/features/draw/DrawView'],
  ['features/draw', '@/session/session', '@/training/trainer'],
  ['features/licences', '@/panels/run/RunCost', '@/features/train/TrainView'],
  ['features/convLab', '@/conv/trace', '@tensorflow/tfjs'],
  ['panels', '@/session/session', '@/features/train/TrainView'],
  ['ui', '@/ui/layout/Panel', '@/session/session'],
  ['locales', '@/locales/i18n', '@/ui/layout/Panel'],
  ['engine', '@/engine/engine', '@/engine/testing/testRuns'],
  ['app', '@/features/train/TrainView', '@/engine/engine'],
  ['model', './layers', '../engine/engine'],
] as const;

describe('import rules', () => {
  it('are those of the table, in the linter’s configuration and in the documentation', () => {
    const { overrides } = JSON.parse(readFileSync(join(root, '.oxlintrc.json'), 'utf8')) as {
      overrides: readonly LintOverride[];
    };
    const imports = overrides.filter(({ rules }) => Array.isArray(rules['no-restricted-imports']));
    expect(imports).toEqual(importOverrides());
    // The formatter pads the columns.
    const plain = (text: string): string => text.replaceAll(/ *\| */g, '|').replaceAll(/-+/g, '-');
    expect(plain(readFileSync(join(root, 'docs/architecture.md'), 'utf8'))).toContain(plain(importTable()));
  });

  it('name every folder of src/', () => {
    const named = Object.keys(folderRules).map((folder) => folder.split('/')[0]);
    for (const folder of readdirSync(join(root, 'src'))) expect(named).toContain(folder);
    const features = readdirSync(join(root, 'src/features')).map((name) => `features/${name}`);
    expect(Object.keys(folderRules)).toEqual(expect.arrayContaining(features));
  });

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
