/** Accuracy over the strength of one corruption, a curve for each network. */
import { type CorruptionKind, corruptionStrengths } from '@/model/corruptions';
import type { Axis } from '@/ui/chart/chartScale';
import { classColour } from '@/ui/theme/classColours';
import type { Palette } from '@/ui/theme/palette';
import { PlotPicture, type PlotPictureProps } from '@/features/inspect/plot/PlotPicture';
import type { Curves } from '@/features/inspect/robustness/robustnessCurves';

const dashes = ['', '7 4', '2 4', '9 3 2 3', '12 4', '4 2'] as const;

/** How curve number `index` looks. */
export function curveStyle({ scheme }: Palette, index: number) {
  return {
    // The first two are the two that differ most.
    stroke: classColour(scheme, [1, 4, 2, 5, 7, 9][index] ?? index),
    strokeDasharray: dashes[index % dashes.length] ?? '',
  };
}

export const plotHeight = 220;

export interface RobustnessPlotProps extends Omit<PlotPictureProps, 'height' | 'x' | 'y' | 'children'> {
  readonly kind: CorruptionKind;
  readonly curves: readonly Curves[];
  readonly strengthTitle: string;
  readonly accuracyTitle: string;
  readonly percent: (share: number) => string;
}

export function RobustnessPlot(props: RobustnessPlotProps) {
  const { kind, curves, strengthTitle, accuracyTitle, percent, ...picture } = props;
  const strengths = corruptionStrengths[kind];
  const x: Axis = {
    title: strengthTitle,
    low: strengths[0] ?? 0,
    high: strengths.at(-1) ?? 1,
    // Neighbours that lie close would run into each other.
    ticks: strengths.length > 9 ? strengths.filter((_, i) => i % 2 === 0) : strengths,
    format: String,
  };
  const y: Axis = { title: accuracyTitle, low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1], format: percent };
  return (
    <PlotPicture {...picture} height={plotHeight} x={x} y={y}>
      {(place) =>
        curves.toReversed().map(({ id, points }, reversed) => {
          const style = curveStyle(picture.palette, curves.length - 1 - reversed);
          const own = points.filter((point) => point.kind === kind);
          const places = own.map(({ strength, accuracy }) => [place.x(strength), place.y(accuracy)] as const);
          return (
            <g key={id} {...style} fill="none" strokeWidth={2}>
              <polyline points={places.map((pair) => pair.join(',')).join(' ')} />
              {places.map(([cx, cy]) => (
                <circle key={cx} cx={cx} cy={cy} r={3} fill={style.stroke} stroke="none" />
              ))}
            </g>
          );
        })
      }
    </PlotPicture>
  );
}
