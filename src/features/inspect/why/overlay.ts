/** Values over the digit that they are about: the digit in dim grey, and over it a colour as strong as the value. */
import type { Rgb } from '@/ui/theme/luminance';

export interface Overlay {
  /** 28 x 28 bytes. */
  readonly pixels: Uint8Array;
  /** A value for each pixel. */
  readonly values: ArrayLike<number>;
  /** The size of a value that covers the digit; 0: all are zero. */
  readonly extent: number;
  /** Shows the digit as bright as it is. */
  readonly isBright?: boolean;
}

export const overlaySide = 28;

/** Of the digit, so that its white is told from a strong colour. */
const digitShare = 0.6;
/** Blue speaks for the class and orange against it, as on the page's other scales; on black in both colour schemes, as MNIST is. */
export const overlayColours = {
  positive: [86, 156, 255],
  negative: [255, 142, 56],
} as const satisfies Record<string, Rgb>;
/** Of what is no number. */
const noNumber = [255, 0, 200] as const;

/** RGBA of an overlay. */
export function overlayPixels({
  pixels,
  values,
  extent,
  isBright = false,
}: Overlay): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(overlaySide ** 2 * 4);
  for (let i = 0; i < overlaySide ** 2; i += 1) {
    const value = values[i] ?? NaN;
    const grey = (isBright ? 1 : digitShare) * (pixels[i] ?? 0);
    const colour = Number.isNaN(value) ? noNumber : overlayColours[value < 0 ? 'negative' : 'positive'];
    const share = Number.isNaN(value) ? 1 : extent > 0 ? Math.min(1, Math.abs(value) / extent) : 0;
    colour.forEach((channel, c) => (rgba[i * 4 + c] = grey + share * (channel - grey)));
    rgba[i * 4 + 3] = 255;
  }
  return rgba;
}

const css = ([red, green, blue]: Rgb): string => `rgb(${red} ${green} ${blue})`;

/** The scale from -extent, or from 0 where nothing is below it, to extent. */
export function overlayStops(isSigned: boolean): readonly string[] {
  const positive = css(overlayColours.positive);
  return isSigned ? [css(overlayColours.negative), 'rgb(0 0 0)', positive] : ['rgb(0 0 0)', positive];
}
