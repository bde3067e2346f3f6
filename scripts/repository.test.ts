/** A clone is whole: no tracked file names a place outside of the repository. `.ci/run` also runs in such a clone. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Folders of somebody's machine. What a system package installs (/usr/bin/chromium) is not one. */
const homeFolder = /(?<![\w.@}/-])\/(?:home|Users|root|work|mnt|workspace)\/[\w.-]+/g;
/** A relative path that begins with `../`, up to what a program puts in. */
const upwardPath = /(?<![\w./\\])(?:\.\.\/)+[\w@./-]*/g;

const extensions = ['', '.ts', '.tsx'];

/** The paths in a text that lead out of the repository or, taken from the file's own folder, to nothing. */
function strayPaths(file: string, text: string): string[] {
  const upward = [...text.matchAll(upwardPath)].map(([path]) => path);
  const stray = upward.filter((path) => {
    // `../../x/${name}.json` and `../x/NAME-` end in the middle of a name: what stands before it must be there.
    const whole = resolve(root, dirname(file), path);
    const isOutside = relative(root, whole).startsWith('..');
    const isThere = [whole, dirname(whole)].some((found) =>
      extensions.some((end) => existsSync(found + end)),
    );
    return isOutside || !isThere;
  });
  return [...stray, ...[...text.matchAll(homeFolder)].map(([path]) => path)];
}

describe('strayPaths', () => {
  test.each([
    ['a folder beside the clone', 'src/a/b.test.ts', "new URL('../../../shared/x.json')", 1],
    [
      'the same, from the folder where tests run',
      'src/formats/x.test.ts',
      "readFileSync('../shared/x/y.json')",
      1,
    ],
    ['a home folder', 'README.md', 'run /home/me/digit-lab/start', 1],
    ['a sibling module', 'src/model/x.ts', "import '../conv/convolution'", 0],
    [
      'a path put together',
      'src/model/x.test.ts',
      'new URL(`../../fixtures/pytorch/curves/${file}.json`)',
      0,
    ],
    ['an address and a package', 'src/model/x.ts', 'https://a.org/home/x and @/model/x and ./work/x', 0],
  ])('%s', (_, file, text, count) => {
    expect(strayPaths(file, text)).toHaveLength(count);
  });
});

test('no tracked file names a place outside of the repository', () => {
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0');
  // Their examples are of what is forbidden.
  const examples = ['', 'scripts/repository.test.ts', 'scripts/importRules.test.ts'];
  const texts = tracked.filter((file) => !examples.includes(file) && existsSync(resolve(root, file)));
  expect(texts.length).toBeGreaterThan(100);
  const found = texts.flatMap((file) =>
    strayPaths(file, readFileSync(resolve(root, file), 'utf8')).map((path) => `${file}: ${path}`),
  );
  expect(found).toEqual([]);
});
