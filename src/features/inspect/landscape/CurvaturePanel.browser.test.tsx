// What the panel of the curvature says by optimizer, in a real browser.
import { MantineProvider } from '@mantine/core';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { CurvaturePanel } from '@/features/inspect/landscape/CurvaturePanel';
import { changeLanguage, startI18n } from '@/locales/i18n';
import type { CurvaturePoint } from '@/model/curvature';
import { defaultOptimizer, type OptimizerSpec } from '@/model/optimizers';
import { defaultConfig } from '@/model/presets';
import { stableEigenvalue } from '@/model/stability';
import { drawnFromSeed } from '@/model/weightsOrigin';
import { preparingRun } from '@/session/runActions';
import { session } from '@/session/session';

let root: Root | null = null;

beforeAll(async () => {
  await startI18n();
  await changeLanguage('en');
});

afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

/** The panel of a run that rests after 100 steps, with a value. */
function show(optimizer: OptimizerSpec): void {
  const config = { ...defaultConfig('lenet'), optimizer, learningRate: 0.01 };
  const run = { ...preparingRun('a', config, drawnFromSeed), phase: 'paused', step: 100 } as const;
  const point: CurvaturePoint = {
    step: 100,
    eigenvalue: 21.5,
    stable: stableEigenvalue(optimizer, 0.01),
    iterations: 7,
    isConverged: true,
    milliseconds: 40,
  };
  session.store.setState({ run, curvature: { settings: null, points: [point], error: null } });
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(
    <MantineProvider>
      <CurvaturePanel />
    </MantineProvider>,
  );
}

const text = (): string => document.body.textContent ?? '';
const legend = (): string | null | undefined => document.querySelector('ul[aria-hidden]')?.textContent;
const summary = (): string | null =>
  document.querySelector('[data-testid="curvature-chart"]')?.getAttribute('aria-label') ?? null;

it('says of Adam that the bound of gradient descent is not its own, and draws none', async () => {
  show(defaultOptimizer('Adam'));
  await expect.poll(text).toContain('Adam scales every weight’s step by itself');
  expect(text()).toContain('2 / learning rate is not its bound, and no line is drawn');
  expect(text()).not.toContain('dashed line');
  expect(legend()).toBe('Largest eigenvalue of the Hessian');
  expect(summary()).toMatch(/^Largest eigenvalue 21\.50* at step 100\.$/);
});

it('names the bound of gradient descent, plain and with momentum', async () => {
  show({ ...defaultOptimizer('SGD'), momentum: 0, weightDecay: 0 });
  await expect.poll(legend).toContain('2 / learning rate');
  expect(summary()).toContain('steps are stable up to 200');
  expect(text()).not.toContain('scales every weight');
  expect(text()).toContain('more curved than the dashed line');
  root?.unmount();
  document.body.replaceChildren();
  show({ ...defaultOptimizer('SGD'), momentum: 0.9, weightDecay: 0 });
  await expect.poll(legend).toContain('Largest stable value with this momentum and weight decay');
  expect(summary()).toContain('steps are stable up to 380');
});

it('offers to measure once while nothing trains', async () => {
  show(defaultOptimizer('Adam'));
  await expect.poll(text).toContain('Measure now');
  const { run } = session.store.getState();
  if (run !== null) session.store.setState({ run: { ...run, phase: 'training' } });
  await expect.poll(text).not.toContain('Measure now');
});
