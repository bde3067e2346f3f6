/** Where a file can be loaded: with any worker that hears it sooner or later, and whatever the file is called. */
import { MantineProvider } from '@mantine/core';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { session } from '@/session/session';
import { startI18n } from '@/locales/i18n';
import { WeightFiles } from '@/panels/weights/WeightFiles';

let root: Root | null = null;
beforeAll(startI18n);
afterEach(() => {
  root?.unmount();
  session.store.setState({ worker: 'stopped' });
});

function show(worker: ReturnType<typeof session.store.getState>['worker']): void {
  session.store.setState({ worker });
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(
    <MantineProvider>
      <WeightFiles />
    </MantineProvider>,
  );
}
const load = () => page.getByRole('button', { name: 'Load', exact: false });

it.each(['running', 'late', 'silent'] as const)('takes a file while the worker is %s', async (worker) => {
  show(worker);
  await expect.element(load()).toBeEnabled();
});

it.each(['stopped', 'crashed'] as const)('takes none while the worker is %s', async (worker) => {
  show(worker);
  await expect.element(load()).toBeDisabled();
});

it('lets files of every kind be chosen: those that are no weights get an answer', () => {
  show('running');
  const input = document.querySelector<HTMLInputElement>('input[type=file]');
  expect(input?.accept ?? '').toBe('');
});
