// In Chromium: exact images from the served files, and the next visit without downloads.
import { beforeAll, expect, test } from 'vitest';
import { MnistLoader, type DataProgress } from '@/data/mnist';
import { sha256 } from '@/data/sha256';

// SHA-256 of the IDX files without their headers: tail -c +17 train-images-idx3-ubyte | sha256sum, and so on (+9 for labels).
const idx = {
  trainImages: '741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757',
  trainLabels: '1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13',
  testImages: '6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161',
  testLabels: 'ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5',
};

const cacheName = 'digit-lab-mnist';

beforeAll(() => caches.delete(cacheName));

async function load() {
  const progress: DataProgress[] = [];
  const loader = new MnistLoader({ baseUrl: '/', onProgress: (event) => progress.push(event) });
  const before = performance.getEntriesByType('resource').length;
  const errors = await loader.load();
  const fetched = performance
    .getEntriesByType('resource')
    .slice(before)
    .filter(({ name }) => /mnist\/.*\.(png|bin)/.test(name));
  const { training, test: testing } = loader;
  const hashes = {
    trainImages: await sha256(training.images),
    trainLabels: await sha256(training.labels),
    testImages: await sha256(testing.images),
    testLabels: await sha256(testing.labels),
  };
  return {
    errors,
    hashes,
    counts: [training.count, testing.count],
    last: progress.at(-1),
    fetched: fetched.length,
  };
}

test('every image and label equals the IDX files; the second visit and a damaged entry', async () => {
  const first = await load();
  expect(first.errors).toEqual([]);
  expect(first.hashes).toEqual(idx);
  expect(first.counts).toEqual([60_000, 10_000]);
  expect(first.last).toMatchObject({ fromCache: false });
  expect(first.fetched).toBe(9);

  // An older copy of a sheet and a damaged one.
  const cache = await caches.open(cacheName);
  const keys = await cache.keys();
  expect(keys).toHaveLength(9);
  const old = new URL('/mnist/train-0.png?sha256=0123', location.href).href;
  const elsewhere = new URL('/other/mnist/train-0.png?sha256=0123', location.href).href;
  await cache.put(old, new Response('old'));
  await cache.put(elsewhere, new Response('another copy of the app'));

  const second = await load();
  expect(second).toEqual({ ...first, fetched: 0, last: { ...first.last, fromCache: true } });
  expect(await cache.match(old)).toBeUndefined();
  expect(await cache.match(elsewhere)).toBeDefined();

  const sheet = keys.find(({ url }) => url.includes('train-3.png'))?.url ?? '';
  await cache.put(sheet, new Response('damaged'));
  const third = await load();
  expect(third).toEqual({ ...first, fetched: 1 });
  expect((await (await cache.match(sheet))?.arrayBuffer())?.byteLength).toBeGreaterThan(1_000_000);
});
