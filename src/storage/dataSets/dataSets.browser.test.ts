// Real IndexedDB, in Chromium.
import { expect, test } from 'vitest';
import { mnist, type DataSpec } from '@/model/dataSet';
import { databaseDataSets } from '@/storage/dataSets/dataSetStore';
import { openDatabase } from '@/storage/database';
import { databaseDrawings } from '@/storage/drawings/drawingStore';

const spec = (mark: string): DataSpec => ({
  ...mnist,
  sha256: mark.repeat(64),
  name: mark,
  trainingImages: 2,
  testImages: 1,
});
const part = (value: number, count: number) => ({
  images: new Uint8Array(count * 784).fill(value),
  labels: new Uint8Array(count).fill(1),
});

test('data sets are kept with their images, named anew, and removed with them', async () => {
  const database = await openDatabase(`sets-${Date.now()}`);
  const store = databaseDataSets(database);
  const [a, b] = [spec('a'), spec('b')];
  await store.add({ spec: a, createdAt: 1 }, part(1, 2), part(2, 1));
  await store.add({ spec: b, createdAt: 2 }, part(3, 2), part(4, 1));
  await store.addDrawings('d'.repeat(64), part(5, 3));
  await database.put('dataSets', { sha256: 'broken', spec: { name: '' } } as { sha256: string });
  expect(await store.list()).toEqual([
    { spec: b, createdAt: 2 },
    { spec: a, createdAt: 1 },
  ]);
  expect(await store.images(a.sha256, 'train')).toEqual(part(1, 2));
  expect(await store.images('d'.repeat(64), 'drawings')).toEqual(part(5, 3));

  const classNames = a.classNames.with(0, 'zero');
  await store.rename(a.sha256, { name: 'other', classNames });
  await store.remove(b.sha256);
  expect(await store.list()).toEqual([{ spec: { ...a, name: 'other', classNames }, createdAt: 1 }]);
  expect(await store.images(b.sha256, 'train')).toBeNull();
  expect(await store.images(a.sha256, 'test')).toEqual(part(2, 1));
  database.close();
});

test('own drawings are kept one by one', async () => {
  const database = await openDatabase(`drawings-${Date.now()}`);
  const store = databaseDrawings(database);
  const drawing = (id: string, label: number) => ({
    id,
    data: mnist.sha256,
    label,
    pixels: new Uint8Array(784).fill(label),
    createdAt: 1,
  });
  await store.put([drawing('b', 4), drawing('a', 3)]);
  await store.put([drawing('b', 5)]);
  await database.put('drawings', { id: 'broken' });
  expect(await store.list()).toEqual([drawing('a', 3), drawing('b', 5)]);
  await store.remove(['a']);
  expect(await store.list()).toEqual([drawing('b', 5)]);
  database.close();
});
