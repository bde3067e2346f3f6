/** Own drawings: kept with their labels, changed, deleted and brought back, and what is said where there is no room. */
import { expect, test } from 'vitest';
import { createOwnDrawings, labelledImages } from '@/session/ownDrawings';
import { memoryDrawings, type DrawingStore } from '@/storage/drawings/drawingStore';

const images = Uint8Array.from({ length: 3 * 784 }, (_, i) => Math.floor(i / 784) + 1);
const three = { images, labels: Uint8Array.of(3, 5, 5) };

test('drawings are kept in order, relabelled, deleted and brought back', async () => {
  const kept = memoryDrawings();
  const own = createOwnDrawings(() => Promise.resolve(kept));
  const ids = await own.keep('mnist', three);
  expect(own.store.getState()).toMatchObject({ isPersistent: false, isFull: false });
  const listed = own.store.getState().drawings ?? [];
  expect(labelledImages(listed)).toEqual(three);

  await own.relabel(ids[1] ?? '', 8);
  expect(own.store.getState().drawings?.map(({ label }) => label)).toEqual([3, 8, 5]);
  await own.remove(ids.slice(0, 2));
  expect(own.store.getState().drawings?.map(({ label }) => label)).toEqual([5]);
  await own.restore();
  expect(own.store.getState()).toMatchObject({ removed: [] });

  const later = createOwnDrawings(() => Promise.resolve(kept));
  await later.load();
  expect(labelledImages(later.store.getState().drawings ?? [])).toEqual({
    images,
    labels: Uint8Array.of(3, 8, 5),
  });
});

test('a full storage is told, and what was there stays', async () => {
  const kept = memoryDrawings();
  let isFull = false;
  const store: DrawingStore = {
    ...kept,
    put: (drawings) => (isFull ? Promise.reject(new Error('QuotaExceededError')) : kept.put(drawings)),
  };
  const own = createOwnDrawings(() => Promise.resolve(store));
  await own.keep('mnist', three);
  isFull = true;
  await own.keep('mnist', three);
  expect(own.store.getState()).toMatchObject({ isFull: true });
  expect(own.store.getState().drawings).toHaveLength(3);
});
