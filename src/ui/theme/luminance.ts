/** How bright a colour is to the eye, and how far two stand apart. */

/** Channels 0 to 255, sRGB. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** WCAG 2.2's relative luminance, 0 (black) to 1 (white). */
export function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

/** WCAG 2.2's contrast ratio, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, bright = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

/** Black or white, whichever reads better on this colour: at least 4.58 to 1 on any. */
export function inkOn(colour: Rgb): '#000' | '#fff' {
  return contrast(colour, [0, 0, 0]) >= contrast(colour, [255, 255, 255]) ? '#000' : '#fff';
}
