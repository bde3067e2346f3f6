/**
 * One pen on a piece of paper, be it the mouse's left button, a finger or a stylus: from the press to the release, also where
 * the release is never heard of.
 */
import { type PointerEvent, useEffect, useState } from 'react';

/** What the paper does. */
export interface PenActions {
  /** False where the paper takes no ink here; then the press is no pen's. */
  readonly down: (event: globalThis.PointerEvent, paper: Element) => boolean;
  /** The pen is down; all positions of an event are in its getCoalescedEvents(). */
  readonly move: (event: globalThis.PointerEvent, paper: Element) => void;
  readonly up: () => void;
  /** It was a palm: a stylus touches the paper now, and what the palm drew goes. */
  readonly discard: () => void;
}

type PenEvent = 'Down' | 'Move' | 'Up' | 'Cancel';
type PenHandler = (event: PointerEvent) => void;
export type PenHandlers = Readonly<Record<`onPointer${PenEvent}` | 'onLostPointerCapture', PenHandler>> & {
  readonly onContextMenu: (event: { preventDefault: () => void }) => void;
};

/** Bit of the left button, of a finger and of a stylus' tip in `buttons`. */
const tip = 1;

/** All positions since the event before, the newest last. Only some browsers keep them, and only over HTTPS. */
export function pointerPositions(event: globalThis.PointerEvent): readonly globalThis.PointerEvent[] {
  const coalesced = 'getCoalescedEvents' in event ? event.getCoalescedEvents() : [];
  return coalesced.length > 0 ? coalesced : [event];
}

class Pen {
  #actions: PenActions;
  #held: { readonly id: number; readonly type: string } | null = null;

  constructor(actions: PenActions) {
    this.#actions = actions;
  }

  /** The paper as it was drawn last. */
  writeOn(actions: PenActions): void {
    this.#actions = actions;
  }

  readonly down = (event: PointerEvent): void => {
    const { pointerId: id, pointerType: type, currentTarget: paper } = event;
    // The right button opens the menu; a stylus' other end and its side button are no pens.
    if (event.button !== 0) return;
    if (this.#held !== null) {
      if (this.#held.type === 'touch' && type === 'pen') this.#discard();
      // Its release was lost.
      else if (this.#holds(event)) this.lift();
      // A second finger, or a palm beside the stylus.
      else return;
    }
    if (!this.#actions.down(event.nativeEvent, paper)) return;
    this.#held = { id, type };
    try {
      paper.setPointerCapture(id);
    } catch {
      // The pointer is already gone: nothing to follow beyond the paper.
    }
  };

  readonly move = (event: PointerEvent): void => {
    const isDown = (event.buttons & tip) !== 0;
    // With another button held, pressing and letting go of the left one are moves.
    if (isDown && event.button === 0) this.down(event);
    else if (!this.#holds(event)) return;
    else if (isDown) this.#actions.move(event.nativeEvent, event.currentTarget);
    else this.lift();
  };

  readonly up = (event: PointerEvent): void => {
    if (this.#holds(event)) this.lift();
  };

  readonly loseCapture = (event: PointerEvent): void => {
    // A finger's capture by what lies on the paper ends when the paper takes it.
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) this.up(event);
  };

  readonly openMenu = (event: { preventDefault: () => void }): void => {
    if (this.#held !== null) event.preventDefault();
  };

  readonly lift = (): void => {
    if (this.#held === null) return;
    this.#held = null;
    this.#actions.up();
  };

  /** Ids alone may be those of another kind of pointer. */
  #holds({ pointerId, pointerType }: PointerEvent): boolean {
    return this.#held?.id === pointerId && this.#held.type === pointerType;
  }

  #discard(): void {
    this.#held = null;
    this.#actions.discard();
  }
}

/** Handlers for the paper. The pen is lifted when the window loses the focus, and with the paper. */
export function usePen(actions: PenActions): PenHandlers {
  const [pen] = useState(() => new Pen(actions));
  useEffect(() => {
    pen.writeOn(actions);
  }, [pen, actions]);
  useEffect(() => {
    window.addEventListener('blur', pen.lift);
    return () => {
      window.removeEventListener('blur', pen.lift);
      pen.lift();
    };
  }, [pen]);
  return {
    onPointerDown: pen.down,
    onPointerMove: pen.move,
    onPointerUp: pen.up,
    onPointerCancel: pen.up,
    onLostPointerCapture: pen.loseCapture,
    onContextMenu: pen.openMenu,
  };
}
