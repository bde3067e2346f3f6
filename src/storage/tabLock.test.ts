// The lock where browsers have none, or have it and refuse it.
import { afterEach, expect, it, vi } from 'vitest';
import { acquireTabLock, isRunFree } from './tabLock';

afterEach(() => {
  vi.unstubAllGlobals();
});

it('gives way without a guard where there are no locks', async () => {
  vi.stubGlobal('navigator', {});
  expect([await acquireTabLock('one'), await isRunFree('one', 10)]).toEqual([expect.anything(), true]);
});

it('gives way without a guard where the browser refuses locks', async () => {
  const request = (): Promise<never> =>
    Promise.reject(new DOMException('Storage is blocked.', 'SecurityError'));
  vi.stubGlobal('navigator', { locks: { request } });
  expect([await acquireTabLock('one'), await isRunFree('one', 10)]).toEqual([expect.anything(), true]);
});
