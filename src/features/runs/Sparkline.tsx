/** The course of a run's loss at a glance; the figure stands beside it. */
import { memo, useMemo } from 'react';
import { scaleOf } from '@/ui/chart/chartScale';

const width = 92;
const height = 26;

function pathOf(values: readonly number[]): string {
  const finite = values.filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const span = { title: '', ticks: [], format: String };
  const x = scaleOf({ ...span, low: 0, high: Math.max(1, values.length - 1) }, 1, width - 1);
  const y = scaleOf({ ...span, low, high: high > low ? high : low + 1 }, height - 2, 2);
  let isDrawing = false;
  return values
    .map((value, i) => {
      if (!Number.isFinite(value)) {
        isDrawing = false;
        return '';
      }
      const point = `${isDrawing ? 'L' : 'M'}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
      isDrawing = true;
      return point;
    })
    .join('');
}

export const Sparkline = memo(function Sparkline({ values }: { readonly values: readonly number[] }) {
  const path = useMemo(() => pathOf(values), [values]);
  return (
    <svg width={width} height={height} aria-hidden="true" focusable="false">
      <path d={path} fill="none" stroke="var(--series-train)" strokeWidth={1.5} strokeLinejoin="round" />
    </svg>
  );
});
