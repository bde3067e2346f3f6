/**
 * The order of a program's operations in phases. Within a phase nobody needs what another one makes, so threads meet between phases
 * only; but sliced operations of one phase hand on values slice by slice.
 */
export interface Scheduled<Buffer> {
  readonly reads: readonly Buffer[];
  readonly writes: readonly Buffer[];
  /** It treats every slice of the batch for itself. */
  readonly isSliced: boolean;
}

/** For each operation those before it that must have ended: they wrote what it reads or writes, or read what it writes. */
function predecessors<Buffer>(operations: readonly Scheduled<Buffer>[]): readonly (readonly number[])[] {
  const writers = new Map<Buffer, number>();
  const readers = new Map<Buffer, number[]>();
  return operations.map(({ reads, writes }, at) => {
    const before = [...reads, ...writes].flatMap((buffer) => writers.get(buffer) ?? []);
    before.push(...writes.flatMap((buffer) => readers.get(buffer) ?? []));
    for (const buffer of reads) readers.set(buffer, [...(readers.get(buffer) ?? []), at]);
    for (const buffer of writes) {
      writers.set(buffer, at);
      readers.set(buffer, []);
    }
    return before.filter((other) => other !== at);
  });
}

/**
 * Phases as lists of positions in `operations`. All that is not sliced goes as early as it can; sliced operations go together in as
 * few phases as possible, each in the order given.
 */
export function scheduleOperations<Buffer>(
  operations: readonly Scheduled<Buffer>[],
): readonly (readonly number[])[] {
  const before = predecessors(operations);
  const isDone = operations.map(() => false);
  const isReady = (at: number): boolean => before[at]?.every((other) => isDone[other] === true) ?? true;
  const phases: number[][] = [];
  let left = operations.map((_, at) => at);
  while (left.length > 0) {
    let phase = left.filter((at) => operations[at]?.isSliced === false && isReady(at));
    for (const at of phase) isDone[at] = true;
    if (phase.length === 0) {
      phase = left.filter((at) => {
        if (operations[at]?.isSliced !== true || !isReady(at)) return false;
        isDone[at] = true;
        return true;
      });
    }
    left = left.filter((at) => isDone[at] !== true);
    phases.push(phase);
  }
  return phases;
}
