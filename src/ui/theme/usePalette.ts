import { useComputedColorScheme } from '@mantine/core';
import { type Palette, paletteOf } from '@/ui/theme/palette';

/** The grids' colours for the scheme the page shows now. */
export function usePalette(): Palette {
  return paletteOf(useComputedColorScheme('light'));
}
