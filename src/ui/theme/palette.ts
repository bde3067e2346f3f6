/** Colours of the grids as plain values, since exported pictures cannot read CSS variables. Zero is neutral. */

import { luminance, type Rgb } from '@/ui/theme/luminance';

export interface Palette {
  readonly scheme: 'light' | 'dark';
  /** From zero to the largest positive value, and to the largest negative one. */
  readonly positive: readonly Rgb[];
  readonly negative: readonly Rgb[];
  readonly paper: string;
  readonly ink: string;
  readonly muted: string;
  readonly gridLine: string;
  /** Cells that are not there yet. */
  readonly empty: string;
  readonly paddingFill: string;
  readonly paddingLine: string;
  /** Outlines: the window, the cell that is read now, cells that belong to the one pointed at. */
  readonly window: string;
  readonly current: string;
  readonly linked: string;
}

const light: Palette = {
  scheme: 'light',
  positive: [
    [247, 248, 250],
    [168, 196, 240],
    [58, 116, 214],
    [34, 78, 172],
  ],
  negative: [
    [247, 248, 250],
    [245, 196, 158],
    [206, 92, 26],
    [146, 58, 14],
  ],
  paper: '#ffffff',
  ink: '#171b24',
  muted: '#586173',
  gridLine: '#d9dde5',
  empty: '#ffffff',
  paddingFill: '#e9ebf0',
  paddingLine: '#b4bbc8',
  window: '#171b24',
  current: '#c2185b',
  linked: '#0a7566',
};

const dark: Palette = {
  scheme: 'dark',
  positive: [
    [36, 42, 52],
    [44, 84, 156],
    [96, 152, 246],
    [198, 220, 255],
  ],
  negative: [
    [36, 42, 52],
    [132, 70, 24],
    [232, 142, 72],
    [255, 218, 184],
  ],
  paper: '#171b22',
  ink: '#e8eaf0',
  muted: '#9fa8b8',
  gridLine: '#3a4250',
  empty: '#171b22',
  paddingFill: '#10141a',
  paddingLine: '#4a5464',
  window: '#f2f4f8',
  current: '#ff79b0',
  linked: '#3ccdb0',
};

export function paletteOf(scheme: 'light' | 'dark'): Palette {
  return scheme === 'light' ? light : dark;
}

function onRamp(ramp: readonly Rgb[], share: number): Rgb {
  const position = Math.max(0, Math.min(1, share)) * (ramp.length - 1);
  const index = Math.min(Math.floor(position), ramp.length - 2);
  const from = ramp[index] ?? [0, 0, 0];
  const to = ramp[index + 1] ?? from;
  const part = position - index;
  const mix = (a: number, b: number): number => Math.round(a + (b - a) * part);
  return [mix(from[0], to[0]), mix(from[1], to[1]), mix(from[2], to[2])];
}

export interface CellColors {
  readonly fill: string;
  /** Black or white, whichever reads better on the fill. */
  readonly ink: string;
}

/** @param extent the value that gets the strongest colour, positive or negative */
export function cellColors(palette: Palette, value: number, extent: number): CellColors {
  const share = extent > 0 ? Math.abs(value) / extent : 0;
  const color = onRamp(value < 0 ? palette.negative : palette.positive, share);
  return { fill: `rgb(${color.join(' ')})`, ink: luminance(color) > 0.179 ? '#000000' : '#ffffff' };
}

const tableSteps = 256;

/** Colours from zero (index 0) to the strongest, three bytes each, for pictures with many values. */
export function colourTable(palette: Palette, sign: 'positive' | 'negative'): Uint8Array {
  const steps = Array.from({ length: tableSteps }, (_, i) => onRamp(palette[sign], i / (tableSteps - 1)));
  return Uint8Array.from(steps.flat());
}

/** The scale as a CSS gradient, from -extent to extent. */
export function scaleGradient(palette: Palette): string {
  const stops = [...palette.negative.toReversed(), ...palette.positive.slice(1)];
  return `linear-gradient(90deg, ${stops.map((color) => `rgb(${color.join(' ')})`).join(', ')})`;
}
