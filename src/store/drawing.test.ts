import { beforeEach, describe, expect, it } from 'vitest';
import { drawing, drawingActions, isEmptyDrawing, networkImage } from '@/store/drawing';

const sample = { index: 3, label: 0, pixels: new Uint8Array(784).fill(7) };

describe('drawing', () => {
  beforeEach(() => drawingActions.clear());

  it('shows the network a sample byte for byte', () => {
    drawingActions.loadSample(sample);
    expect(networkImage(drawing.getState())).toEqual(sample.pixels);
  });

  it('undoes strokes from the last, then the sample', () => {
    drawingActions.loadSample(sample);
    drawingActions.beginStroke({ x: 0.5, y: 0.5 });
    drawingActions.extendStroke([{ x: 0.6, y: 0.5 }]);
    expect(drawing.getState().strokes[0]?.points).toHaveLength(2);
    drawingActions.undo();
    expect(drawing.getState()).toEqual({ strokes: [], sample });
    drawingActions.undo();
    expect(isEmptyDrawing(drawing.getState())).toBe(true);
    drawingActions.undo();
    expect(isEmptyDrawing(drawing.getState())).toBe(true);
  });

  it('draws over a sample', () => {
    drawingActions.loadSample({ ...sample, pixels: new Uint8Array(784) });
    drawingActions.beginStroke({ x: 0.5, y: 0.2 });
    drawingActions.extendStroke([{ x: 0.5, y: 0.8 }]);
    expect(networkImage(drawing.getState()).some((byte) => byte === 255)).toBe(true);
  });

  it('ignores an extension without a stroke', () => {
    drawingActions.extendStroke([{ x: 0.5, y: 0.5 }]);
    expect(isEmptyDrawing(drawing.getState())).toBe(true);
  });
});
