// Real IndexedDB, in Chromium.
import { expect, test } from 'vitest';
import type { TileChoices } from '@/model/tileChoices';
import { openDatabase } from './database';
import { storedTileChoices } from './tileChoices';

const choices: TileChoices = {
  fpropDgrad: { rows: 2, columns: 1, workgroupTiling: false, subgroupBroadcast: true },
  wgrad: { rows: 1, columns: 0.5, workgroupTiling: true, subgroupBroadcast: false },
};

test('keeps the choices of each adapter, and passes over what it cannot read', async () => {
  const name = `tiles-${Date.now()}`;
  const store = storedTileChoices(name);
  expect(await store.load('a')).toBeNull();
  await store.save('a', choices);
  expect(await storedTileChoices(name).load('a')).toEqual(choices);
  expect(await store.load('b')).toBeNull();

  const database = await openDatabase(name);
  await database.put(
    'tileChoices',
    { ...choices, fpropDgrad: { rows: 3, columns: 1, workgroupTiling: true } },
    'a',
  );
  database.close();
  expect(await store.load('a')).toBeNull();
});
