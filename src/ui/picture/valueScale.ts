/** Values as pixels, on a scale that diverges from zero: blue above, orange below (ui/theme/palette.ts). */
import { colourTable, type Palette } from '@/ui/theme/palette';

/** Of what is no number; infinities have the strongest colour of their sign. */
const noNumber = [255, 0, 200] as const;

export interface ValueScale {
  /** RGBA of `values`, to `target` from byte `at` on. */
  readonly paint: (values: ArrayLike<number>, target: Uint8ClampedArray, at?: number) => void;
}

const scales = new Map<Palette, { positive: Uint8Array; negative: Uint8Array }>();

/** @param extent the value that gets the strongest colour, positive or negative; 0: all are zero */
export function valueScale(palette: Palette, extent: number): ValueScale {
  let tables = scales.get(palette);
  if (tables === undefined) {
    tables = { positive: colourTable(palette, 'positive'), negative: colourTable(palette, 'negative') };
    scales.set(palette, tables);
  }
  const { positive, negative } = tables;
  const last = positive.length / 3 - 1;
  const factor = extent > 0 ? last / extent : 0;
  return {
    paint: (values, target, at = 0) => {
      for (let i = 0; i < values.length; i += 1) {
        const value = values[i] ?? NaN;
        const byte = at + i * 4;
        target[byte + 3] = 255;
        if (Number.isNaN(value)) {
          target.set(noNumber, byte);
          continue;
        }
        const table = value < 0 ? negative : positive;
        const step = Math.min(last, Math.round(Math.abs(value) * factor) || 0) * 3;
        target[byte] = table[step] ?? 0;
        target[byte + 1] = table[step + 1] ?? 0;
        target[byte + 2] = table[step + 2] ?? 0;
      }
    },
  };
}

/** The largest size among values, those left out that are no finite number. */
export function extentOf(values: ArrayLike<number>): number {
  let extent = 0;
  for (let i = 0; i < values.length; i += 1) {
    const size = Math.abs(values[i] ?? 0);
    if (size > extent && size < Infinity) extent = size;
  }
  return extent;
}
