/** A page of maps as an SVG file: each with its number, the layer's name above, the scale below. */
import { PlanePicture } from '@/ui/picture/ValueImage';
import { extentOf } from '@/ui/picture/valueScale';
import { cellValue } from '@/ui/text/valueFormat';
import type { Palette } from '@/ui/theme/palette';
import type { LayerActivation } from '@/features/inspect/layers/layersContext';
import { isImages, mapShape, sheetLayout } from '@/features/inspect/layers/sheetLayout';

const [margin, tile, label, head, foot] = [20, 72, 16, 34, 26] as const;
const perRow = 8;

export interface SheetPictureProps {
  readonly title: string;
  readonly activation: LayerActivation;
  readonly page: number;
  readonly palette: Palette;
}

export function SheetPicture({ title, activation: { shape, data }, page, palette }: SheetPictureProps) {
  const maps = mapShape(shape.slice(1));
  const { first, count } = sheetLayout(maps, 800, page);
  const extent = extentOf(data);
  const size = maps.height * maps.width;
  const side = isImages(maps) ? tile : tile / 2;
  const height = (side * maps.height) / maps.width;
  const rows = Math.ceil(count / perRow);
  const total = {
    width: 2 * margin + Math.max(260, Math.min(count, perRow) * (side + 8)),
    height: 2 * margin + head + rows * (height + label + 8) + foot,
  };
  return (
    <svg
      xmlns="http://www.w3.org/2000/svg"
      {...total}
      viewBox={`0 0 ${total.width} ${total.height}`}
      fontFamily="Inter, system-ui, sans-serif"
    >
      <rect width={total.width} height={total.height} fill={palette.paper} />
      <text x={margin} y={margin + 14} fontSize={16} fontWeight={650} fill={palette.ink}>
        {title}
      </text>
      {Array.from({ length: count }, (_, i) => {
        const map = first + i;
        const x = margin + (i % perRow) * (side + 8);
        const y = margin + head + Math.floor(i / perRow) * (height + label + 8);
        const values = data.subarray(map * size, (map + 1) * size);
        return (
          <g key={map}>
            <PlanePicture
              plane={{ values, width: maps.width, height: maps.height, extent }}
              palette={palette}
              x={x}
              y={y}
              width={side}
              height={height}
            />
            <text x={x} y={y + height + 12} fontSize={10} fill={palette.muted}>
              {map + 1}
            </text>
          </g>
        );
      })}
      <text x={margin} y={total.height - margin} fontSize={12} fill={palette.muted}>
        {`${cellValue(-extent)} … 0 … ${cellValue(extent)}`}
      </text>
    </svg>
  );
}
