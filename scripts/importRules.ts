/** What each folder of src/ may import. The linter's configuration and the table in docs/architecture.md are made from it. */

export interface FolderRule {
  /** Folders, besides itself. */
  readonly may: readonly string[];
  /** Folders inside of those that it may not. */
  readonly never?: readonly string[];
  readonly react?: true;
  readonly tfjs?: true;
}

const features = ['convLab', 'data', 'draw', 'inspect', 'licences', 'network', 'report', 'runs', 'train'];
const engines = ['webgpu', 'wasm', 'tfjs'];

const feature: FolderRule = {
  may: ['session', 'panels', 'ui', 'locales', 'model', 'conv', 'doctor', 'report', 'formats', 'storage'],
  react: true,
};

/** By folder, or by file; the last that a file lies in applies. */
export const folderRules: Readonly<Record<string, FolderRule>> = {
  model: { may: [] },
  data: { may: [] },
  conv: { may: [] },
  doctor: { may: ['model'] },
  report: { may: ['model'] },
  formats: { may: ['model'] },
  protocol: { may: ['model', 'data', 'formats'] },
  storage: { may: ['model', 'formats'] },
  'storage/testing': { may: ['storage', 'model'] },
  engine: { may: ['model', 'data'], tfjs: true },
  ...Object.fromEntries(
    engines.map((engine) => [
      `engine/${engine}`,
      {
        may: ['engine', 'model', 'data'],
        never: engines.filter((other) => other !== engine).map((other) => `engine/${other}`),
        ...(engine === 'tfjs' && { tfjs: true as const }),
      },
    ]),
  ),
  // It opens the device where tfjs does, so that both share one GPU.
  'engine/webgpu/createWebgpuEngine.ts': { may: ['engine', 'model', 'data'], never: ['engine/wasm'] },
  'engine/compiling': { may: ['engine', 'model', 'data'], never: engines.map((name) => `engine/${name}`) },
  'engine/testing': { may: ['engine', 'model', 'data'], tfjs: true },
  training: { may: ['model', 'conv', 'data', 'engine', 'formats', 'protocol', 'storage'] },
  session: { may: ['model', 'formats', 'conv', 'protocol', 'storage', 'doctor', 'report'] },
  locales: { may: ['model'], react: true },
  ui: { may: ['locales', 'model'], react: true },
  panels: { may: ['session', 'ui', 'locales', 'model', 'formats', 'report'], react: true },
  ...Object.fromEntries(features.map((name) => [`features/${name}`, feature])),
  app: { may: ['features', 'session', 'panels', 'ui', 'locales'], react: true },
};

/** One entry of `overrides` in .oxlintrc.json. */
export interface LintOverride {
  readonly files: readonly string[];
  readonly rules: Readonly<Record<string, unknown>>;
}

function overrideOf(folder: string, { may, never = [], react, tfjs }: FolderRule): LintOverride {
  const inside = (name: string): string => `@/${name}/**`;
  const isFile = folder.endsWith('.ts');
  const isForTests = folder.endsWith('/testing');
  const allowed = isFile ? may : [folder, ...may];
  const patterns = [
    {
      // As in .gitignore the last that fits applies.
      group: [
        '@/*/**',
        ...allowed.map((name) => `!${inside(name)}`),
        ...never.map(inside),
        ...(isForTests ? [] : ['@/**/testing/**']),
      ],
      message: `Import rule: ${folder} may import ${allowed.join(', ')} only, and nothing that is for tests (docs/architecture.md).`,
    },
    { regex: '^\\.\\./', message: 'Cross a folder by @/folder/file.' },
    ...(tfjs === true
      ? []
      : [
          {
            group: ['@tensorflow/*'],
            message: 'tfjs lives in src/engine/tfjs, and never on the main thread.',
          },
        ]),
    ...(react === true
      ? []
      : [
          {
            group: ['react', 'react-dom', 'react-dom/*', '@mantine/*', 'recharts', 'react-i18next'],
            message: 'React lives in features, panels, ui, locales and app.',
          },
        ]),
  ];
  return {
    files: [isFile ? `src/${folder}` : `src/${folder}/**`],
    rules: { 'no-restricted-imports': ['error', { patterns }] },
  };
}

/** For .oxlintrc.json, where the last that fits a file applies. */
export const importOverrides = (): LintOverride[] =>
  Object.entries(folderRules).map(([folder, rule]) => overrideOf(folder, rule));

/** The table in docs/architecture.md. */
export function importTable(): string {
  const lines = Object.entries(folderRules).map(([folder, { may, never = [] }]) => {
    const but = never.length === 0 ? '' : `; never ${never.join(', ')}`;
    const name = folder.startsWith('features/') ? 'a feature' : folder;
    return `| ${name} | ${may.length === 0 ? 'nothing' : may.join(', ')}${but} |`;
  });
  const rows = [...new Set(lines)];
  return ['| folder | may import, besides itself |', '|---|---|', ...rows].join('\n');
}
