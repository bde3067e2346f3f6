/** Mouse, finger and stylus on the pad: all positions of an event, once a frame into the drawing. */
import { type RefObject, useState } from 'react';
import type { StrokePoint } from '@/model/strokes';
import { drawingActions, type StrokeId } from '@/session/drawing';
import { type PenActions, type PenHandlers, pointerPositions, usePen } from '@/panels/drawing/usePen';

const onPad = (share: number): number => Math.min(1, Math.max(0, share));

class StrokeWriter implements PenActions {
  readonly #canvas: RefObject<HTMLCanvasElement | null>;
  #stroke: StrokeId | null = null;
  #waiting: StrokePoint[] = [];
  #frame = 0;

  constructor(canvas: RefObject<HTMLCanvasElement | null>) {
    this.#canvas = canvas;
  }

  readonly down = (event: globalThis.PointerEvent): boolean => {
    const point = this.#point(event);
    if (point === null) return false;
    // A press on the frame around the paper is meant for the paper.
    this.#stroke = drawingActions.beginStroke({ x: onPad(point.x), y: onPad(point.y) });
    return true;
  };

  readonly move = (event: globalThis.PointerEvent): void => {
    for (const each of pointerPositions(event)) {
      const point = this.#point(each);
      if (point !== null) this.#waiting.push(point);
    }
    if (this.#frame === 0) this.#frame = requestAnimationFrame(this.#write);
  };

  readonly up = (): void => {
    this.#write();
    this.#stroke = null;
  };

  readonly discard = (): void => {
    if (this.#stroke !== null) drawingActions.removeStroke(this.#stroke);
    this.up();
  };

  readonly #write = (): void => {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.#stroke !== null) drawingActions.extendStroke(this.#stroke, this.#waiting);
    this.#waiting = [];
  };

  /** Null while the page does not show the canvas. */
  #point(event: globalThis.PointerEvent): StrokePoint | null {
    const box = this.#canvas.current?.getBoundingClientRect();
    if (box === undefined || box.width === 0 || box.height === 0) return null;
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  }
}

export function usePadPointer(canvas: RefObject<HTMLCanvasElement | null>): PenHandlers {
  const [writer] = useState(() => new StrokeWriter(canvas));
  return usePen(writer);
}
