/** Axis arithmetic: from values to pixels, domains and ticks at round numbers, and epoch marks that do not crowd. */

/** Pixels around the plot: epoch marks above it, tick labels and titles left and below. */
const plotMargin = { top: 16, right: 14, bottom: 46, left: 68 } as const;

/** Pixels of the axis title left of the labels, with the gaps on both sides of them; and of a digit, at most. */
const titleWidth = 30;
const digitWidth = 6.5;

/** Pixels around the plot, with room for the longest label of the value axis. */
export function plotMarginOf({ ticks, format }: Axis): Readonly<Record<keyof typeof plotMargin, number>> {
  const longest = Math.max(0, ...ticks.map((tick) => format(tick).length));
  return { ...plotMargin, left: Math.max(plotMargin.left, Math.ceil(titleWidth + longest * digitWidth)) };
}

/** From a value to pixels. */
export type Scale = (value: number) => number;

export interface Axis {
  readonly title: string;
  readonly low: number;
  readonly high: number;
  readonly scale?: 'linear' | 'log';
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
}

/** `low` lies at the pixel `from`, `high` at `to`. What a logarithmic axis cannot show becomes NaN or infinite. */
export function scaleOf({ low, high, scale = 'linear' }: Axis, from: number, to: number): Scale {
  const place = scale === 'log' ? Math.log : (value: number): number => value;
  const start = place(low);
  const perUnit = (to - from) / (place(high) - start);
  return (value) => from + (place(value) - start) * perUnit;
}

/** Steps from 0 to `last`, with ticks at whole ones. */
export function stepAxis(title: string, last: number, format: Axis['format']): Axis {
  const high = Math.max(last, 1);
  return { title, low: 0, high, ticks: niceTicks(0, high).filter(Number.isInteger), format };
}

export function valueAxis(
  title: string,
  [low, high]: readonly [number, number],
  format: (value: number, step: number | null) => string,
  scale: 'linear' | 'log' = 'linear',
): Axis {
  if (scale === 'log') {
    const ticks = logTicks(low, high);
    // Within less than a factor of two there may be one such tick, or none.
    if (ticks.length >= 2) return { title, low, high, scale, ticks, format: (tick) => format(tick, null) };
  }
  const ticks = niceTicks(low, high);
  const [first = low, second] = ticks;
  const step = second === undefined ? null : second - first;
  return { title, low, high, scale, ticks, format: (tick) => format(tick, step) };
}

const mostLogTicks = 8;

/** Ticks at 1, 2, 5 times powers of ten inside [low, high]; powers of ten alone, or every so many of them, when that gives too many. */
export function logTicks(low: number, high: number): number[] {
  if (!(low > 0) || !(high >= low) || !Number.isFinite(high)) return [];
  const within = (multiples: readonly number[]): number[] => {
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
      for (const multiple of multiples) {
        // 10 ** -3 * 5 is 0.005 only after rounding.
        const tick = Number((multiple * 10 ** power).toPrecision(6));
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    }
    return ticks;
  };
  const fine = within([1, 2, 5]);
  if (fine.length <= mostLogTicks) return fine;
  const powers = within([1]);
  const every = Math.ceil(powers.length / (mostLogTicks + 1));
  return powers.filter((_, i) => i % every === 0);
}

/** A domain a little wider than the values, on a logarithmic axis; around 1 where there is none that it can show. */
export function logDomain(low: number, high: number): [number, number] {
  return low > 0 && Number.isFinite(high) ? [low / 1.15, high * 1.15] : [0.1, 10];
}

/** Values closer than this, in parts of their size, are one: ticks between them would need more digits than a number has. */
const smallestSpan = 1e-9;

const isOneValue = (low: number, high: number): boolean =>
  !(high - low > smallestSpan * Math.max(Math.abs(low), Math.abs(high)));

/** Multiples of 1, 2 or 5 times a power of ten from `low` to `high`, about `most` of them. */
export function niceTicks(low: number, high: number, most = 5): number[] {
  if (isOneValue(low, high)) return [low];
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-6); i <= high / step + 1e-6; i += 1) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return ticks;
}

/** Ends of a growing axis between two powers of ten, each about a quarter above the one before. */
const axisEnds = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10] as const;

/** Where the step axis of a growing run ends: a round number above `last`, so that the axis stands still for most steps. */
export function stepAxisEnd(last: number): number {
  const power = 10 ** Math.max(1, Math.floor(Math.log10(Math.max(last, 1))));
  return power * (axisEnds.find((end) => end * power >= last) ?? 10);
}

/** From a round number below `low` to one above `high`, so that the line touches neither edge. */
export function linearDomain(low: number, high: number): [number, number] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1];
  if (isOneValue(low, high)) return low === 0 ? [0, 1] : [Math.min(low, 0), Math.max(low, 0)];
  const [first = low, second = high] = niceTicks(low, high);
  const size = second - first || high - low;
  return [Math.floor(low / size) * size, Math.ceil(high / size) * size].map((edge) =>
    Number(edge.toPrecision(12)),
  ) as [number, number];
}

/** At most `most` of the points, evenly, the last always among them: where a hover may stop. */
export function thinned<Point>(points: readonly Point[], most: number): Point[] {
  const every = Math.ceil(points.length / most);
  return points.filter((_, index) => (points.length - 1 - index) % every === 0);
}

/** Where an axis of percents may begin, the narrowest first: accuracies near 100 need the room. */
const percentStarts = [99, 98, 95, 90, 80, 50, 0] as const;

/** From a round number below the lowest value to 100. */
export function percentDomain(lowest: number): [number, number] {
  return [percentStarts.find((start) => start <= lowest) ?? 0, 100];
}

export interface EpochMark {
  readonly step: number;
  readonly epoch: number;
}

/** Ends of epochs up to `lastStep`, at most `most` of them, evenly thinned. */
export function epochMarks(stepsPerEpoch: number, lastStep: number, most = 12): EpochMark[] {
  if (stepsPerEpoch < 1) return [];
  const epochs = Math.floor(lastStep / stepsPerEpoch);
  const every = Math.max(1, Math.ceil(epochs / most));
  const marks: EpochMark[] = [];
  for (let epoch = every; epoch <= epochs; epoch += every) marks.push({ step: epoch * stepsPerEpoch, epoch });
  return marks;
}
