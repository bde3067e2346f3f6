/**
 * Whether the pointer or the focus is in a chart, and the rows of its hover. They stand still while the pointer does: Recharts keeps
 * the number of the row under it, which would soon be another step's.
 */
import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';

export interface HoverRows<Row> {
  readonly isHovered: boolean;
  readonly rows: Row[];
  /** For the element around the chart. */
  readonly handlers: Readonly<
    Record<
      'onPointerEnter' | 'onPointerMove' | 'onPointerLeave' | 'onFocus' | 'onKeyDown' | 'onBlur',
      () => void
    >
  >;
}

const none: never[] = [];
const keptMilliseconds = 500;

export function useHoverRows<Row>(current: readonly Row[]): HoverRows<Row> {
  const [taken, setTaken] = useState<Row[] | null>(null);
  const takenAt = useRef(0);
  const take = (): void => {
    takenAt.current = performance.now();
    setTaken([...current]);
  };
  const refresh = (): void => {
    if (performance.now() - takenAt.current > keptMilliseconds) take();
  };
  // Before the move that brought the pointer in gets to Recharts, which looks for the row at once.
  const takeAtOnce = (): void => flushSync(take);
  const drop = (): void => setTaken(null);
  return {
    isHovered: taken !== null,
    // A new run has none of the old one's steps.
    rows: taken === null || current.length === 0 ? none : taken,
    handlers: {
      onPointerEnter: takeAtOnce,
      onPointerMove: refresh,
      onPointerLeave: drop,
      onFocus: take,
      onKeyDown: refresh,
      onBlur: drop,
    },
  };
}
