/** Style sheets of a view reach no further than its own elements. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const source = resolve(import.meta.dirname, '../src');

/** Tags that components of others are made of too: below a class they are met in every button and field inside. */
const reachingIn = /[\w\])] +(?:span|div|svg)(?=[\s:.[,{]|$)/;

it('no style sheet reaches into components by a tag that is not its own child', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.module.css'),
  );
  expect(files.length).toBeGreaterThan(20);
  const found = files.flatMap((file) =>
    readFileSync(join(source, file), 'utf8')
      .split('\n')
      .filter((line) => /[{,]\s*$/.test(line) && reachingIn.test(line.replace(/[{,]\s*$/, '')))
      .map((line) => `${file}: ${line}`),
  );
  expect(found).toEqual([]);
});
