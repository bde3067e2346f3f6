/** The drawing pad under real pointers and keys of Chromium: strokes begin and end where a person means them to. */
import { MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import keyboardThenMouse from '../../../fixtures/cases/strokes/keyboard_then_mouse.json';
import lostRelease from '../../../fixtures/cases/strokes/lost_release.json';
import palmThenPen from '../../../fixtures/cases/strokes/palm_then_pen.json';
import undoMidStroke from '../../../fixtures/cases/strokes/undo_mid_stroke.json';
import { buttonBits, RealInput } from '../../../scripts/drawing/realInput.ts';
import { drawing, drawingActions, networkImage } from '@/session/drawing';
import { DrawingPad } from '@/panels/drawing/DrawingPad';
import { startI18n } from '@/locales/i18n';

let root: Root;
let host: HTMLElement;
let pad: HTMLElement;
let input: RealInput;

beforeAll(async () => {
  await page.viewport(600, 700);
  await startI18n();
});

beforeEach(async () => {
  drawingActions.clear();
  host = document.body.appendChild(document.createElement('div'));
  host.style.width = '400px';
  root = createRoot(host);
  root.render(
    <StrictMode>
      <MantineProvider>
        <DrawingPad />
      </MantineProvider>
    </StrictMode>,
  );
  await expect.element(page.getByTestId('drawing-pad')).toBeVisible();
  pad = page.getByTestId('drawing-pad').element() as HTMLElement;
  const canvas = pad.querySelector('canvas');
  if (canvas === null) throw new Error('The pad has no canvas.');
  input = new RealInput(canvas);
  // The pointer's last place may be on the new pad.
  await input.move(0.5, 1.6, buttonBits.none);
});

afterEach(() => {
  root.unmount();
  host.remove();
});

/** Points of the strokes, in hundredths of the pad. */
const drawn = (): number[][][] =>
  drawing
    .getState()
    .strokes.map(({ points }) => points.map(({ x, y }) => [Math.round(100 * x), Math.round(100 * y)]));
/** Points of an event come to the drawing with the next frame. */
const nextFrame = (): Promise<void> =>
  new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => resolve()));
  });

/** Follows a case's file: actions with unit coordinates of the pad. */
async function follow(steps: readonly (readonly (string | number)[])[]): Promise<void> {
  let at: [number, number] = [0, 0];
  for (const [action, a, b] of steps) {
    if (typeof a === 'number' && typeof b === 'number') at = [a, b];
    const [x, y] = at;
    const acts: Record<string, () => Promise<void>> = {
      'focus pad': () => Promise.resolve(pad.focus()),
      key: () => input.key(String(a)),
      down: () => input.press(x, y),
      move: () => input.move(x, y),
      up: () => input.release(x, y),
      'move with buttons=0': () => input.move(x, y, buttonBits.none),
      'touch down': () => input.touch('touchStart', [{ id: 1, x, y }]),
      'touch up': () => input.touch('touchEnd', []),
      'pen down': () => input.press(x, y, 'pen'),
      'pen move': () => input.move(x, y, buttonBits.left, 'pen'),
      'pen up': () => input.release(x, y, 'pen'),
    };
    const act = acts[String(action)];
    if (act === undefined) throw new Error(`No action ${String(action)}.`);
    // One after the other, as a person's.
    // oxlint-disable-next-line no-await-in-loop
    await act();
  }
  await nextFrame();
}

describe('a stroke has an identity', () => {
  it('undone in mid-stroke it is gone, and the one before is as it was', async () => {
    await follow(undoMidStroke);
    expect(drawn()).toEqual([
      [
        [20, 20],
        [20, 80],
      ],
    ]);
    await input.press(0.5, 0.5);
    await input.release(0.5, 0.5);
    expect(drawn()).toHaveLength(2);
  });

  it('the keyboard’s and the mouse’s grow side by side', async () => {
    await follow(keyboardThenMouse);
    const cell = (index: number): number => Math.round((100 * (index + 0.5)) / 28);
    expect(drawn()).toEqual([
      [
        [cell(14), cell(6)],
        [cell(15), cell(6)],
        [cell(16), cell(6)],
      ],
      [
        [20, 80],
        [30, 80],
      ],
    ]);
  });
});

describe('a stroke ends', () => {
  it('where the release was lost: at the first move without the button', async () => {
    await follow(lostRelease);
    expect(drawn()).toEqual([
      [
        [20, 20],
        [30, 20],
      ],
    ]);
    await input.press(0.5, 0.5);
    await input.move(0.6, 0.5);
    await nextFrame();
    expect(drawn()[1]).toEqual([
      [50, 50],
      [60, 50],
    ]);
    await input.release(0.6, 0.5);
  });

  it('where the release and every move after it were lost: at the next press', async () => {
    await input.press(0.2, 0.2);
    await input.press(0.7, 0.7);
    await input.release(0.7, 0.7);
    expect(drawn()).toEqual([[[20, 20]], [[70, 70]]]);
  });

  it('when the left button is let go while the right one is held', async () => {
    await input.press(0.2, 0.2);
    await input.move(0.3, 0.2);
    await input.press(0.3, 0.2, 'mouse', 'right', buttonBits.both);
    await input.move(0.4, 0.2, buttonBits.both);
    await input.release(0.4, 0.2, 'mouse', 'left', buttonBits.right);
    await input.move(0.8, 0.8, buttonBits.right);
    await input.release(0.8, 0.8, 'mouse', 'right', buttonBits.none);
    await nextFrame();
    expect(drawn()).toHaveLength(1);
    expect(drawn()[0]?.at(-1)).toEqual([40, 20]);
  });

  it('when the window loses the focus, and with the capture', async () => {
    await input.press(0.2, 0.2);
    window.dispatchEvent(new Event('blur'));
    await input.move(0.4, 0.2);
    await nextFrame();
    expect(drawn()).toEqual([[[20, 20]]]);
    await input.release(0.4, 0.2);

    let pointer = 0;
    pad.addEventListener('pointerdown', ({ pointerId }) => (pointer = pointerId), { once: true });
    await input.press(0.6, 0.6);
    await input.move(0.7, 0.6);
    pad.releasePointerCapture(pointer);
    // The end of the capture is told before the next move.
    await input.move(0.8, 0.6);
    await nextFrame();
    expect(drawn()[1]).toEqual([
      [60, 60],
      [70, 60],
    ]);
    await input.release(0.8, 0.6);
  });

  it('when the browser takes the finger for something else', async () => {
    await input.touch('touchStart', [{ id: 1, x: 0.2, y: 0.2 }]);
    await input.touch('touchMove', [{ id: 1, x: 0.4, y: 0.2 }]);
    await input.touch('touchCancel', []);
    await input.touch('touchStart', [{ id: 2, x: 0.6, y: 0.6 }]);
    await input.touch('touchEnd', []);
    await nextFrame();
    expect(drawn().map((points) => points[0])).toEqual([
      [20, 20],
      [60, 60],
    ]);
  });
});

describe('a stroke begins', () => {
  it('with the left button alone, also while the right one is held', async () => {
    await input.press(0.2, 0.2, 'mouse', 'right', buttonBits.right);
    await input.move(0.3, 0.2, buttonBits.right);
    expect(drawn()).toEqual([]);
    await input.press(0.3, 0.2, 'mouse', 'left', buttonBits.both);
    await input.move(0.5, 0.2, buttonBits.both);
    await input.release(0.5, 0.2, 'mouse', 'left', buttonBits.right);
    await input.release(0.5, 0.2, 'mouse', 'right', buttonBits.none);
    await nextFrame();
    expect(drawn()).toHaveLength(1);
    expect(drawn()[0]?.[0]).toEqual([30, 20]);
  });

  it('with the stylus, and the palm’s is dropped', async () => {
    await follow(palmThenPen);
    expect(drawn()).toEqual([
      [
        [30, 20],
        [30, 70],
      ],
    ]);
  });

  it('with the first finger: a second one changes nothing', async () => {
    await input.touch('touchStart', [{ id: 1, x: 0.2, y: 0.2 }]);
    await input.touch('touchStart', [
      { id: 1, x: 0.2, y: 0.2 },
      { id: 2, x: 0.8, y: 0.8 },
    ]);
    await input.touch('touchMove', [
      { id: 1, x: 0.2, y: 0.5 },
      { id: 2, x: 0.8, y: 0.5 },
    ]);
    await input.touch('touchEnd', []);
    await nextFrame();
    expect(drawn()).toHaveLength(1);
    expect(drawn()[0]?.every(([x]) => x === 20)).toBe(true);
  });

  it('once with a held Space', async () => {
    pad.focus();
    await input.key('Space', { isRepeat: false });
    await input.key('Space', { isRepeat: true });
    await input.key('Space', { isRepeat: true });
    await input.key('ArrowRight');
    expect(drawn().map((points) => points.length)).toEqual([2]);
  });
});

describe('the pad', () => {
  /** Pixels of ink in the canvas. */
  const ink = (): number => {
    const canvas = pad.querySelector('canvas');
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return [...data].filter((value, index) => index % 4 === 3 && value > 127).length;
  };

  it('shows a tap as a dot, where the network sees one', async () => {
    for (const [x, y] of [
      [0.5, 0.5],
      [0.002, 0.5],
    ] as const) {
      drawingActions.clear();
      await input.press(x, y);
      await input.release(x, y);
      await vi.waitFor(() => expect(ink()).toBeGreaterThan(100));
      expect(Math.max(...networkImage(drawing.getState()))).toBe(255);
    }
  });

  it('follows the pointer beyond its border, and when its size changes in mid-stroke', async () => {
    await input.press(0.5, 0.5);
    await input.move(1.2, 0.5);
    host.style.width = '300px';
    await input.move(0.25, 0.75);
    await input.release(0.25, 0.75);
    await nextFrame();
    expect(drawn()).toEqual([
      [
        [50, 50],
        [120, 50],
        [25, 75],
      ],
    ]);
  });

  it('draws where the browser keeps no coalesced events, as over HTTP', async () => {
    const kept = Object.getOwnPropertyDescriptor(PointerEvent.prototype, 'getCoalescedEvents');
    if (kept === undefined) throw new Error('Chromium has getCoalescedEvents.');
    Reflect.deleteProperty(PointerEvent.prototype, 'getCoalescedEvents');
    try {
      await input.press(0.2, 0.2);
      await input.move(0.6, 0.2);
      await input.release(0.6, 0.2);
    } finally {
      Object.defineProperty(PointerEvent.prototype, 'getCoalescedEvents', kept);
    }
    await nextFrame();
    expect(drawn()[0]?.at(-1)).toEqual([60, 20]);
  });

  it('leaves the browser’s own shortcuts alone', async () => {
    pad.focus();
    const taken: string[] = [];
    const note = (event: KeyboardEvent): void => {
      if (event.defaultPrevented) taken.push(event.key);
    };
    window.addEventListener('keydown', note);
    const alt = 1;
    const control = 2;
    await input.key('ArrowRight', { modifiers: alt });
    await input.key('Backspace', { modifiers: control });
    expect(taken).toEqual([]);
    await input.key('z', { modifiers: control });
    window.removeEventListener('keydown', note);
    expect(taken).toEqual(['z']);
  });
});
