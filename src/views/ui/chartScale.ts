/** Axis arithmetic: from values to pixels, domains and ticks at round numbers, and epoch marks that do not crowd. */

/** Pixels around the plot: epoch marks above it, tick labels and titles left and below. */
export const plotMargin = { top: 16, right: 14, bottom: 46, left: 68 } as const;

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
  format: Axis['format'],
  scale: 'linear' | 'log' = 'linear',
): Axis {
  return {
    title,
    low,
    high,
    scale,
    ticks: scale === 'log' ? logTicks(low, high) : niceTicks(low, high),
    format,
  };
}

/** Ticks at 1, 2, 5 times powers of ten that cover [low, high]; powers of ten alone when that gives more than eight. */
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
  return fine.length > 8 ? within([1]) : fine;
}

/** A domain a little wider than the values, on a logarithmic axis. */
export function logDomain(low: number, high: number): [number, number] {
  return [low / 1.15, high * 1.15];
}

/** Multiples of 1, 2 or 5 times a power of ten from `low` to `high`, about `most` of them. */
export function niceTicks(low: number, high: number, most = 5): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high * (1 + 1e-9); i += 1) {
    ticks.push(Number((i * step).toPrecision(10)));
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
  if (low === high) return low === 0 ? [0, 1] : [Math.min(low, 0), Math.max(low, 0)];
  const [first = low, second = high] = niceTicks(low, high);
  const size = second - first || high - low;
  return [Math.floor(low / size) * size, Math.ceil(high / size) * size].map((edge) =>
    Number(edge.toPrecision(10)),
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
