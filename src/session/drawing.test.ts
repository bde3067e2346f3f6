import { beforeEach, describe, expect, it } from 'vitest';
import { drawing, drawingActions, hasStroke, isEmptyDrawing, networkImage } from '@/session/drawing';

const sample = { index: 3, label: 0, pixels: new Uint8Array(784).fill(7) };
const { beginStroke, extendStroke, removeStroke, undo, clear, loadSample } = drawingActions;
const drawn = () => drawing.getState().strokes.map(({ points }) => points.map(({ x, y }) => [x, y]));

describe('drawing', () => {
  beforeEach(() => clear());

  it('shows the network a sample byte for byte', () => {
    loadSample(sample);
    expect(networkImage(drawing.getState())).toEqual(sample.pixels);
  });

  it('undoes strokes from the last, then the sample', () => {
    loadSample(sample);
    const stroke = beginStroke({ x: 0.5, y: 0.5 });
    extendStroke(stroke, [{ x: 0.6, y: 0.5 }]);
    expect(drawing.getState().strokes[0]?.points).toHaveLength(2);
    undo();
    expect(drawing.getState()).toEqual({ strokes: [], sample });
    undo();
    expect(isEmptyDrawing(drawing.getState())).toBe(true);
    undo();
    expect(isEmptyDrawing(drawing.getState())).toBe(true);
  });

  it('draws over a sample', () => {
    loadSample({ ...sample, pixels: new Uint8Array(784) });
    extendStroke(beginStroke({ x: 0.5, y: 0.2 }), [{ x: 0.5, y: 0.8 }]);
    expect(networkImage(drawing.getState()).some((byte) => byte === 255)).toBe(true);
  });

  it('lets two strokes grow side by side, each by its own points', () => {
    const first = beginStroke({ x: 0, y: 0 });
    const second = beginStroke({ x: 1, y: 1 });
    extendStroke(first, [{ x: 0, y: 0.5 }]);
    extendStroke(second, [{ x: 1, y: 0.5 }]);
    expect(drawn()).toEqual([
      [
        [0, 0],
        [0, 0.5],
      ],
      [
        [1, 1],
        [1, 0.5],
      ],
    ]);
  });

  it('ignores what is added to a stroke that was taken back', () => {
    const first = beginStroke({ x: 0.2, y: 0.2 });
    for (const takeBack of [undo, clear, () => loadSample(sample)]) {
      const stroke = beginStroke({ x: 0.8, y: 0.2 });
      expect(hasStroke(drawing.getState(), stroke)).toBe(true);
      takeBack();
      expect(hasStroke(drawing.getState(), stroke)).toBe(false);
      const before = drawing.getState();
      extendStroke(stroke, [{ x: 0.8, y: 0.8 }]);
      expect(drawing.getState()).toBe(before);
    }
    expect(hasStroke(drawing.getState(), first)).toBe(false);
  });

  it('removes one stroke among others', () => {
    const palm = beginStroke({ x: 0.9, y: 0.9 });
    beginStroke({ x: 0.3, y: 0.2 });
    removeStroke(palm);
    expect(drawn()).toEqual([[[0.3, 0.2]]]);
  });
});
