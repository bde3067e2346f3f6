// The lock where browsers have none, or have it and refuse it.
import { afterEach, expect, it, vi } from 'vitest';
import { acquireQueueLock } from '@/features/report/queueLock';

afterEach(() => {
  vi.unstubAllGlobals();
});

it('lets the queue run without a guard where there are no locks', async () => {
  vi.stubGlobal('navigator', {});
  expect(await acquireQueueLock()).not.toBeNull();
});

it('lets the queue run without a guard where the browser refuses locks', async () => {
  const request = (): Promise<never> =>
    Promise.reject(new DOMException('Storage is blocked.', 'SecurityError'));
  vi.stubGlobal('navigator', { locks: { request } });
  expect(await acquireQueueLock()).not.toBeNull();
});
