/** The lab's grid under real pointers of Chromium: it takes the same pen as the drawing pad. */
import { MantineProvider } from '@mantine/core';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { buttonBits, RealInput } from '../../../scripts/drawing/realInput.ts';
import { Grid } from '@/features/convLab/Grid';
import { plainGrid } from '@/features/convLab/gridModel';
import { usePalette } from '@/ui/theme/usePalette';
import { startI18n } from '@/locales/i18n';

const size = 4;
const empty: readonly number[] = Array.from({ length: size * size }, () => 0);
const cells = createStore(() => ({ values: empty }));
const put = (row: number, column: number, value: number): void =>
  cells.setState(({ values }) => ({ values: values.with(row * size + column, value) }));

function Painted() {
  const data = useStore(cells, ({ values }) => values);
  return (
    <Grid
      model={plainGrid('test', [size, size], data, 0, 1)}
      palette={usePalette()}
      title="Test"
      onPaint={(row, column) => put(row, column, 1)}
      onValue={put}
    />
  );
}

let root: Root;
let host: HTMLElement;
let input: RealInput;
let grid: SVGSVGElement;

beforeAll(async () => {
  await page.viewport(600, 700);
  await startI18n();
});

beforeEach(async () => {
  cells.setState({ values: empty });
  host = document.body.appendChild(document.createElement('div'));
  root = createRoot(host);
  root.render(
    <MantineProvider>
      <Painted />
    </MantineProvider>,
  );
  await expect.element(page.getByRole('grid')).toBeVisible();
  grid = page.getByRole('grid').element() as SVGSVGElement;
  input = new RealInput(grid);
});

afterEach(() => {
  root.unmount();
  host.remove();
});

/** Middle of a row or column, from 0 to 1 across the grid. */
const middle = (index: number): number => (index + 0.5) / size;
const valueOf = (index: number): number | undefined => cells.getState().values[index];
const painted = (): number[] => [...empty.keys()].filter((index) => valueOf(index) === 1);

it('stops painting where the release of the button was lost', async () => {
  await input.press(middle(0), middle(0));
  await input.move(middle(1), middle(0));
  await input.move(middle(2), middle(0), buttonBits.none);
  await input.move(middle(3), middle(3), buttonBits.none);
  await vi.waitFor(() => expect(painted()).toEqual([0, 1]));
});

it('takes back what a palm painted when the stylus comes', async () => {
  await input.touch('touchStart', [{ id: 1, x: middle(3), y: middle(3) }]);
  await vi.waitFor(() => expect(painted()).toEqual([15]));
  await input.press(middle(0), middle(0), 'pen');
  await input.move(middle(0), middle(1), buttonBits.left, 'pen');
  await input.release(middle(0), middle(1), 'pen');
  await input.touch('touchEnd', []);
  await vi.waitFor(() => expect(painted()).toEqual([0, 4]));
});

it('changes a sign once, however long the key is held', async () => {
  grid.focus();
  await input.key('5');
  await vi.waitFor(() => expect(valueOf(0)).toBe(5));
  await input.key('-');
  await input.key('-', { isRepeat: true });
  await vi.waitFor(() => expect(valueOf(0)).toBe(-5));
});
