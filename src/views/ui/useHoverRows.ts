/**
 * The rows of a chart's hover. Recharts has them only while the pointer or the focus is in the chart: it takes its whole chart apart
 * for new rows, and computes them anew with every change of an axis. And they stand still while the pointer does: Recharts keeps
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
  const [rows, setRows] = useState<Row[]>(none);
  const takenAt = useRef(0);
  const take = (): void => {
    takenAt.current = performance.now();
    setRows(current);
  };
  const refresh = (): void => {
    if (performance.now() - takenAt.current > keptMilliseconds) take();
  };
  const drop = (): void => setRows(none);
  return {
    // A new run has none of the old one's steps.
    rows: current.length === 0 ? none : rows,
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
