/** The embedding for a file. */
import type { Palette } from '@/ui/theme/palette';
import { classColour } from '@/ui/theme/classColours';
import type { Frame } from '@/features/inspect/embedding/places';
import { toPixels } from '@/features/inspect/embedding/paintPoints';

const [width, height, top] = [900, 680, 44];

export interface EmbeddingPictureProps {
  readonly points: Float32Array;
  readonly frame: Frame;
  readonly labels: Uint8Array;
  readonly visible: ReadonlySet<number>;
  readonly palette: Palette;
  readonly title: string;
}

export function EmbeddingPicture({ points, frame, labels, visible, palette, title }: EmbeddingPictureProps) {
  const pixels = toPixels(points, frame, width, height - top);
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={width}
      height={height}
      fontFamily="Inter Variable, system-ui, sans-serif"
      fontSize={10}
      fontWeight={600}
      textAnchor="middle"
    >
      <rect width={width} height={height} fill={palette.paper} />
      <text x={16} y={28} fontSize={15} textAnchor="start" fill={palette.ink}>
        {title}
      </text>
      <g transform={`translate(0 ${top})`}>
        {[...visible]
          .toSorted((a, b) => a - b)
          .map((digit) => (
            <g key={digit} fill={classColour(palette.scheme, digit)}>
              {[...labels.keys()]
                .filter((i) => labels[i] === digit)
                .map((i) => (
                  <text key={i} x={pixels[2 * i]?.toFixed(1)} y={pixels[2 * i + 1]?.toFixed(1)} dy="0.355em">
                    {digit}
                  </text>
                ))}
            </g>
          ))}
      </g>
    </svg>
  );
}
