/**
 * The rows of a chart's hover. Recharts has them only while the pointer or the focus is in the chart, and else two of them,
 * without which it has no scale: it takes its whole chart apart for new rows, and computes them anew with every change of an axis. And they stand still while the pointer does: Recharts keeps
 * the number of the row under it, which would soon be another step's.
 */
import { useRef, useState } from 'react';

export interface HoverRows<Row> {
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

export function useHoverRows<Row>(current: Row[]): HoverRows<Row> {
  const [first, setFirst] = useState<Row[]>(none);
  const [taken, setTaken] = useState<Row[]>(none);
  const wanted = Math.min(current.length, 2);
  if (first.length !== wanted) setFirst(current.slice(0, 2));
  const takenAt = useRef(0);
  const take = (): void => {
    takenAt.current = performance.now();
    setTaken(current);
  };
  const refresh = (): void => {
    if (performance.now() - takenAt.current > keptMilliseconds) take();
  };
  const drop = (): void => setTaken(none);
  return {
    // A new run has none of the old one's steps.
    rows: taken.length === 0 || current.length === 0 ? first : taken,
    handlers: {
      onPointerEnter: take,
      onPointerMove: refresh,
      onPointerLeave: drop,
      onFocus: take,
      onKeyDown: refresh,
      onBlur: drop,
    },
  };
}
