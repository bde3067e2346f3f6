/** Mouse, finger and pen on the pad: all positions of an event, once a frame into the drawing. */
import { type PointerEvent, type RefObject, useEffect, useMemo, useRef } from 'react';
import type { StrokePoint } from '@/model/strokes';
import { drawingActions } from '@/store/drawing';

export interface PadPointerHandlers {
  readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerUp: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerCancel: (event: PointerEvent<HTMLElement>) => void;
}

class PointerPen {
  readonly #canvas: RefObject<HTMLCanvasElement | null>;
  #pointerId: number | null = null;
  #waiting: StrokePoint[] = [];
  #frame = 0;

  constructor(canvas: RefObject<HTMLCanvasElement | null>) {
    this.#canvas = canvas;
  }

  down(event: PointerEvent<HTMLElement>): void {
    // A second finger would tear the stroke; the right button opens the menu.
    if (this.#pointerId !== null || event.button !== 0) return;
    this.#pointerId = event.pointerId;
    event.currentTarget.setPointerCapture(event.pointerId);
    drawingActions.beginStroke(this.#point(event.nativeEvent));
  }

  move(event: PointerEvent<HTMLElement>): void {
    if (event.pointerId !== this.#pointerId) return;
    const native = event.nativeEvent;
    const coalesced = native.getCoalescedEvents();
    for (const each of coalesced.length > 0 ? coalesced : [native]) this.#waiting.push(this.#point(each));
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.flush());
  }

  up(event: PointerEvent<HTMLElement>): void {
    if (event.pointerId !== this.#pointerId) return;
    this.flush();
    this.#pointerId = null;
  }

  flush(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (this.#waiting.length > 0) drawingActions.extendStroke(this.#waiting);
    this.#waiting = [];
  }

  #point(event: globalThis.PointerEvent): StrokePoint {
    const box = this.#canvas.current?.getBoundingClientRect();
    if (box === undefined) return { x: 0, y: 0 };
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  }
}

export function usePadPointer(canvas: RefObject<HTMLCanvasElement | null>): PadPointerHandlers {
  const pen = useRef<PointerPen | null>(null);
  useEffect(() => () => pen.current?.flush(), []);
  return useMemo(() => {
    const current = (): PointerPen => (pen.current ??= new PointerPen(canvas));
    return {
      onPointerDown: (event) => current().down(event),
      onPointerMove: (event) => current().move(event),
      onPointerUp: (event) => current().up(event),
      onPointerCancel: (event) => current().up(event),
    };
  }, [canvas]);
}
