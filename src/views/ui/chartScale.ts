/** Axis arithmetic that Recharts leaves to us: ticks of a logarithmic axis, and epoch marks that do not crowd. */

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
