/** The way to train from the Draw view: a start where the settings allow one, else the way to where it says why not. */
import { MantineProvider } from '@mantine/core';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { defaultConfig } from '@/model/presets';
import { session } from '@/session/session';
import type { SessionState } from '@/session/sessionState';
import { DrawView } from '@/features/draw/DrawView';
import { startI18n } from '@/locales/i18n';

const draft = defaultConfig('lenet');
const before = session.store.getState();
let root: Root | null = null;
beforeAll(startI18n);
afterEach(() => {
  root?.unmount();
  session.store.setState(before, true);
});

function show(change: Partial<SessionState>): void {
  session.store.setState({ worker: 'running', draft, ...change });
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(
    <MantineProvider>
      <DrawView />
    </MantineProvider>,
  );
}
const start = () => page.getByRole('button', { name: 'Train the network' });
const why = () => page.getByRole('link', { name: 'cannot be trained' });

it('is a start', async () => {
  show({});
  await expect.element(start()).toBeEnabled();
});

it.each<[string, Partial<SessionState>]>([
  ['settings that cannot be trained', { draft: { ...draft, batchSize: 0 } }],
  [
    'a memory that does not hold the run',
    { memoryNeed: { config: draft, need: { kind: 'heap', bytes: 5e9, allowed: 4e9, largestBatch: 8 } } },
  ],
])('leads to the reason with %s', async (_, change) => {
  show(change);
  await expect.element(why()).toHaveAttribute('href', '/');
  await expect.element(start()).not.toBeInTheDocument();
});
