/**
 * Digits as people draw them on the pad, made by a script: several ways to write each, in four hands, at any size and place.
 * Deterministic: a drawing is a function of its digit, hand, number and size.
 */
import { normal, streamKey, streams, uniform } from '@/model/random';
import type { Stroke } from '@/model/strokes';

type Place = readonly [x: number, y: number];
/** A glyph is 1 high and about 0.6 wide; y points down. */
type Glyph = readonly (readonly Place[])[];

/** Angles in degrees: 0 to the right, 90 down. */
function arc(cx: number, cy: number, rx: number, ry: number, from: number, to: number): Place[] {
  return Array.from({ length: 25 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 24) * Math.PI) / 180;
    return [cx + rx * Math.cos(angle), cy + ry * Math.sin(angle)];
  });
}

interface Ways {
  readonly usual: Glyph;
  readonly other: Glyph;
  /** With a bar, a foot, or ends that cross. */
  readonly crossed: Glyph;
}

// prettier-ignore
const ways: readonly Ways[] = [
  {
    usual: [arc(0.3, 0.5, 0.3, 0.5, -90, 270)],
    other: [arc(0.37, 0.5, 0.37, 0.5, -50, 310)],
    crossed: [[...arc(0.3, 0.5, 0.3, 0.47, -60, 270), [0.42, 0.0], [0.5, 0.08]]],
  },
  {
    usual: [[[0.3, 0], [0.29, 1]]],
    other: [[[0.16, 0.17], [0.34, 0], [0.34, 1]]],
    crossed: [[[0.14, 0.22], [0.36, 0], [0.36, 1]], [[0.14, 1], [0.58, 1]]],
  },
  {
    usual: [[...arc(0.3, 0.26, 0.28, 0.26, -170, 30), [0.02, 1], [0.62, 0.98]]],
    other: [[...arc(0.3, 0.25, 0.27, 0.25, -140, 45), [0.02, 0.97], [0.2, 0.9], [0.4, 0.98], [0.64, 0.94]]],
    crossed: [[...arc(0.3, 0.25, 0.27, 0.25, -150, 50), [0.14, 0.92], ...arc(0.11, 0.89, 0.1, 0.09, 60, 330), [0.35, 0.93], [0.64, 0.98]]],
  },
  {
    usual: [[...arc(0.27, 0.25, 0.27, 0.25, -160, 90), ...arc(0.27, 0.74, 0.32, 0.26, -90, 150)]],
    other: [[[0.02, 0.02], [0.52, 0], [0.24, 0.4], ...arc(0.24, 0.7, 0.32, 0.3, -80, 140)]],
    crossed: [[...arc(0.27, 0.24, 0.26, 0.24, -170, 80), [0.2, 0.5], [0.3, 0.47], ...arc(0.27, 0.74, 0.32, 0.26, -80, 160)]],
  },
  {
    usual: [[[0.16, 0], [0.04, 0.5], [0.6, 0.5]], [[0.52, 0.02], [0.46, 1]]],
    other: [[[0.1, 0.02], [0.06, 0.44], [0.3, 0.5], [0.5, 0.42]], [[0.54, 0], [0.5, 1]]],
    crossed: [[[0.44, 0], [0, 0.62], [0.66, 0.6]], [[0.48, 0.35], [0.42, 1]]],
  },
  {
    usual: [[[0.14, 0.02], [0.1, 0.42], ...arc(0.26, 0.68, 0.3, 0.31, -110, 130)], [[0.13, 0.02], [0.58, 0]]],
    other: [[[0.58, 0.01], [0.16, 0.03], [0.1, 0.44], ...arc(0.24, 0.7, 0.32, 0.3, -90, 140)]],
    crossed: [[[0.16, 0.06], [0.1, 0.44], ...arc(0.25, 0.7, 0.31, 0.3, -100, 140)], [[0.06, 0.05], [0.58, 0.0]]],
  },
  {
    usual: [[[0.44, 0], [0.2, 0.25], [0.04, 0.6], ...arc(0.28, 0.72, 0.25, 0.28, 190, -150)]],
    other: [[...arc(0.5, 0.5, 0.46, 0.5, -100, -180), ...arc(0.29, 0.73, 0.25, 0.27, 180, -170)]],
    crossed: [[[0.4, 0], [0.14, 0.3], [0.05, 0.7], ...arc(0.28, 0.73, 0.24, 0.27, 160, -170), [0.0, 0.8]]],
  },
  {
    usual: [[[0, 0.03], [0.6, 0], [0.24, 1]]],
    other: [[[0.03, 0.02], [0.58, 0.04], [0.4, 0.5], [0.3, 1]]],
    crossed: [[[0.02, 0.04], [0.6, 0], [0.28, 1]], [[0.2, 0.5], [0.62, 0.48]]],
  },
  {
    usual: [[...arc(0.3, 0.25, 0.22, 0.25, -30, -270), ...arc(0.3, 0.74, 0.28, 0.26, -90, 230), [0.5, 0.14]]],
    other: [arc(0.3, 0.24, 0.23, 0.24, 90, 450), arc(0.3, 0.74, 0.28, 0.26, -90, 270)],
    crossed: [[[0.54, 0.1], [0.3, 0.0], [0.12, 0.12], [0.14, 0.3], [0.48, 0.62], [0.52, 0.86], [0.3, 1], [0.08, 0.88], [0.12, 0.62], [0.48, 0.34], [0.58, 0.02]]],
  },
  {
    usual: [[...arc(0.29, 0.27, 0.25, 0.27, -20, -330), [0.54, 0.2], [0.46, 1]]],
    other: [[...arc(0.28, 0.27, 0.25, 0.27, 0, -330), [0.53, 0.1], ...arc(0.1, 0.5, 0.44, 0.5, -20, 80)]],
    crossed: [[...arc(0.28, 0.28, 0.25, 0.27, -40, -350), [0.58, 0.12], [0.44, 0.6], [0.38, 1]]],
  },
];

export const hands = ['plain', 'slanted', 'crossed', 'shaky'] as const;
export type Hand = (typeof hands)[number];

/** Length of a step of the pen, in the glyph's height. */
const penStep = 0.04;

function walked(points: readonly Place[]): Place[] {
  const result: Place[] = [];
  for (const [index, [x, y]] of points.entries()) {
    const [fromX, fromY] = points[index - 1] ?? [x, y];
    const steps = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / penStep));
    for (let i = 1; i <= steps; i += 1) {
      result.push([fromX + ((x - fromX) * i) / steps, fromY + ((y - fromY) * i) / steps]);
    }
  }
  return result;
}

/** Pixels of the pad's side on a page 1440 wide; pointers report whole ones. */
const padPixels = 360;
const onPixel = (share: number): number => Math.round(share * padPixels) / padPixels;

/** The digit's strokes on the pad, its longer side `size` of it. `number` tells the drawings of one hand apart. */
export function drawDigit(digit: number, hand: Hand, number: number, size: number): Stroke[] {
  const key = streamKey(20, streams.augment, digit * 100 + number, hands.indexOf(hand));
  let drawn = 0;
  const between = (low: number, high: number): number => low + (high - low) * uniform(key, drawn++);
  const noise = (): number => normal(key, drawn++);

  const { usual, other, crossed } = ways[digit] ?? { usual: [], other: [], crossed: [] };
  const glyph = hand === 'crossed' ? crossed : number % 2 === 0 ? usual : other;
  const stretch = between(0.85, 1.2);
  const slant = hand === 'slanted' ? between(0.2, 0.45) * (number === 3 ? -0.5 : 1) : between(-0.08, 0.12);
  const turn = between(-0.08, 0.08);
  const shake = hand === 'shaky' ? 0.022 : 0.004;
  let [dx, dy] = [0, 0];
  const strokes = glyph.map((points) =>
    walked(points).map(([x, y]): Place => {
      // A hand that strayed comes back.
      dx = 0.7 * dx + shake * noise();
      dy = 0.7 * dy + shake * noise();
      const wide = x * stretch - slant * (y - 0.5) + dx;
      const high = y + dy;
      return [wide * Math.cos(turn) - high * Math.sin(turn), wide * Math.sin(turn) + high * Math.cos(turn)];
    }),
  );

  const xs = strokes.flat().map(([x]) => x);
  const ys = strokes.flat().map(([, y]) => y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const scale = size / Math.max(width, height);
  const x0 = between(0, 1 - width * scale);
  const y0 = between(0, 1 - height * scale);
  return strokes.map((points) => ({
    points: points.map(([x, y]) => ({
      x: onPixel(x0 + (x - left) * scale),
      y: onPixel(y0 + (y - top) * scale),
    })),
  }));
}

/** Shares of the pad's side that digits are drawn at: from as small as fingers can to all of it. */
export const sizes = [0.12, 0.18, 0.24, 0.36, 0.48, 0.6, 0.72, 0.84, 0.96] as const;

export interface Drawing {
  readonly digit: number;
  readonly hand: Hand;
  readonly strokes: readonly Stroke[];
}

/** 160 drawings of this size: every digit, four times in every hand. */
export function drawingsOfSize(size: number): Drawing[] {
  return Array.from({ length: 10 }, (_, digit) =>
    hands.flatMap((hand) =>
      Array.from({ length: 4 }, (_value, number) => ({
        digit,
        hand,
        strokes: drawDigit(digit, hand, number, size),
      })),
    ),
  ).flat();
}
