import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fetchAhead, PagePart } from '@/ui/loading/pagePart';

const View = (): null => null;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('is fetched once, and again only after it has failed', async () => {
  const fetch = vi.fn(async () => View);
  fetch.mockRejectedValueOnce(new Error('Failed to fetch'));
  const part = new PagePart(fetch);
  const seen: string[] = [];
  part.subscribe(() => seen.push(part.state().kind));
  await Promise.all([part.load(), part.load()]);
  expect(part.state()).toEqual({ kind: 'failed', message: 'Failed to fetch' });
  await part.load();
  await part.load();
  expect(part.state()).toEqual({ kind: 'ready', value: View });
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(seen).toEqual(['coming', 'failed', 'coming', 'ready']);
});

it('is late after ten seconds, and still shown when it comes', async () => {
  let bring: (value: typeof View) => void = () => undefined;
  const part = new PagePart(() => new Promise((resolve) => (bring = resolve)));
  const loaded = part.load();
  await vi.advanceTimersByTimeAsync(9000);
  expect(part.state().kind).toBe('coming');
  await vi.advanceTimersByTimeAsync(1500);
  expect(part.state().kind).toBe('late');
  bring(View);
  await loaded;
  expect(part.state().kind).toBe('ready');
});

it('fetches ahead what comes although one part does not, and nothing without a connection', async () => {
  const broken = new PagePart(() => Promise.reject(new Error('gone')));
  const whole = new PagePart(() => Promise.resolve(View));
  vi.stubGlobal('navigator', { onLine: false });
  const offline = fetchAhead([broken, whole]);
  await vi.advanceTimersByTimeAsync(10_000);
  await offline;
  expect([broken, whole].map((part) => part.state().kind)).toEqual(['coming', 'coming']);
  vi.stubGlobal('navigator', { onLine: true });
  const online = fetchAhead([broken, whole]);
  await vi.advanceTimersByTimeAsync(10_000);
  await online;
  expect([broken, whole].map((part) => part.state().kind)).toEqual(['failed', 'ready']);
  // Its message stays until somebody asks for it again.
  const seen: string[] = [];
  broken.subscribe(() => seen.push(broken.state().kind));
  const again = fetchAhead([broken]);
  await vi.advanceTimersByTimeAsync(10_000);
  await again;
  expect(seen).toEqual([]);
  vi.unstubAllGlobals();
});
