/** A scale of colours that rises evenly in lightness (viridis), so that it reads in grey and to colour-blind eyes. */
const stops = [
  [68, 1, 84],
  [59, 82, 139],
  [33, 145, 140],
  [94, 201, 98],
  [253, 231, 37],
] as const;

type Colour = readonly [number, number, number];

/** position: 0 to 1. */
export function heatColour(position: number): Colour {
  const at = Math.min(1, Math.max(0, position)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(at));
  const low = stops[index] ?? stops[0];
  const high = stops[index + 1] ?? low;
  const mix = (channel: 0 | 1 | 2): number => low[channel] + (high[channel] - low[channel]) * (at - index);
  return [mix(0), mix(1), mix(2)];
}

export const heatGradient = `linear-gradient(to right, ${stops.map((stop) => `rgb(${stop.join(' ')})`).join(', ')})`;
