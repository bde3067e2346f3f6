// Browsers that refuse a cache, or never answer, load without one.
import { afterEach, expect, it, vi } from 'vitest';
import { FileCache } from '@/data/fileCache';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('is null where the browser refuses it', async () => {
  vi.stubGlobal('caches', { open: () => Promise.reject(new DOMException('', 'SecurityError')) });
  expect(await FileCache.open()).toBeNull();
});

it('is null where the browser never answers', async () => {
  vi.useFakeTimers();
  vi.stubGlobal('caches', { open: () => new Promise(() => undefined) });
  const opening = FileCache.open();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await opening).toBeNull();
});
