/** Lines that mark a place on the x axis. They stand in a Chart. */
import { useChart } from '@/ui/chart/Chart';
import type { EpochMark } from '@/ui/chart/chartScale';

/** Vertical lines where epochs end, numbered. */
export function EpochLines({
  marks,
  label,
}: {
  readonly marks: readonly EpochMark[];
  readonly label: (epoch: number) => string;
}) {
  const { x, top, bottom } = useChart();
  return (
    <g pointerEvents="none" data-testid="epoch-lines">
      {marks.map(({ step, epoch }) => (
        <g key={epoch} transform={`translate(${x(step)} 0)`}>
          <line y1={top} y2={bottom} stroke="var(--chart-epoch)" strokeDasharray="2 3" />
          <text y={top - 5} textAnchor="middle" fontSize={10}>
            {label(epoch)}
          </text>
        </g>
      ))}
    </g>
  );
}

export interface ReferenceLineProps {
  /** Position on the x axis. */
  readonly at: number;
  readonly color: string;
  readonly isDashed?: boolean;
  readonly label?: string;
}

export function ReferenceLine({ at, color, isDashed = false, label }: ReferenceLineProps) {
  const { x, top, bottom } = useChart();
  return (
    <g transform={`translate(${x(at)} 0)`} pointerEvents="none">
      <line y1={top} y2={bottom} stroke={color} strokeDasharray={isDashed ? '4 3' : undefined} />
      {label !== undefined && (
        <text y={top - 5} textAnchor="middle" style={{ fill: color }}>
          {label}
        </text>
      )}
    </g>
  );
}
