/** A page of filters, on a canvas of the page and as an SVG file. */
import { PlanePicture, type ValuePlane } from '@/ui/picture/ValueImage';
import { valueScale } from '@/ui/picture/valueScale';
import type { Palette } from '@/ui/theme/palette';
import type { FilterLayout } from '@/features/inspect/layers/filterLayout';

/** Of every kernel, filter after filter. */
function placesOf(
  planes: readonly ValuePlane[],
  channels: number,
  layout: FilterLayout,
): { readonly x: number; readonly y: number }[] {
  return planes.map((_, i) => layout.placeOf(Math.floor(i / channels), i % channels));
}

export interface FilterColours {
  /** Of every filter. */
  readonly channels: number;
  readonly palette: Palette;
  /** Of the sheet, CSS px. */
  readonly width: number;
}

/** @param planes a kernel each, filter after filter, channel after channel */
export function paintFilters(
  canvas: HTMLCanvasElement,
  planes: readonly ValuePlane[],
  layout: FilterLayout,
  { channels, palette, width }: FilterColours,
): void {
  const density = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(layout.height * density);
  const context = canvas.getContext('2d');
  const small = document.createElement('canvas');
  const packed = small.getContext('2d');
  const [first] = planes;
  if (context === null || packed === null || first === undefined) return;
  const { width: size, extent } = first;
  small.width = size;
  small.height = size * planes.length;
  const image = packed.createImageData(small.width, small.height);
  const scale = valueScale(palette, extent);
  for (const [i, { values }] of planes.entries()) scale.paint(values, image.data, i * size * size * 4);
  packed.putImageData(image, 0, 0);
  context.scale(density, density);
  context.imageSmoothingEnabled = false;
  const side = size * layout.scale;
  for (const [i, { x, y }] of placesOf(planes, channels, layout).entries())
    context.drawImage(small, 0, i * size, size, size, x, y, side, side);
}

export interface FilterPictureProps {
  readonly title: string;
  readonly planes: readonly ValuePlane[];
  /** Of every filter. */
  readonly channels: number;
  readonly layout: FilterLayout;
  readonly palette: Palette;
}

const [margin, head] = [20, 34] as const;

export function FilterPicture({ title, planes, channels, layout, palette }: FilterPictureProps) {
  const side = (planes[0]?.width ?? 1) * layout.scale;
  const places = placesOf(planes, channels, layout);
  const [width, height] = [
    2 * margin + Math.max(260, ...places.map(({ x }) => x + side)),
    2 * margin + head + layout.height,
  ];
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      fontFamily="Inter, system-ui, sans-serif"
    >
      <rect width={width} height={height} fill={palette.paper} />
      <text x={margin} y={margin + 14} fontSize={16} fontWeight={650} fill={palette.ink}>
        {title}
      </text>
      {planes.map((plane, i) => (
        <PlanePicture
          key={i}
          plane={plane}
          palette={palette}
          x={margin + (places[i]?.x ?? 0)}
          y={margin + head + (places[i]?.y ?? 0)}
          width={side}
          height={side}
        />
      ))}
    </svg>
  );
}
