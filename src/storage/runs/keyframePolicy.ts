/**
 * Which keyframes of a run stay, within a budget of bytes: so that the longest way from one to the next is about the shortest that
 * the budget allows. The newest stays, to go on from; the best test's, the first and the ends of epochs stay before all others.
 */

export interface KeyframeLimits {
  /** Keyframes that fit the budget; two at least. */
  readonly capacity: number;
  /** Kept before the others, while they fit themselves. */
  readonly isPreferred: (step: number) => boolean;
  /** Step of the best test; null where none was made at a keyframe. */
  readonly best: number | null;
}

/** Bytes of keyframes that a run may keep, unless a person says otherwise. */
export const defaultKeyframeBytes = 64e6;

/** How many keyframes of this size the budget holds; two, however large they are: the newest and the best. */
export function keyframeCapacity(budgetBytes: number, keyframeBytes: number): number {
  return Math.max(2, Math.floor(budgetBytes / Math.max(1, keyframeBytes)));
}

/** The step whose loss leaves the shortest gap among those that may go; null where none may. */
function cheapest(steps: readonly number[], mayGo: (step: number) => boolean): number | null {
  let found: { readonly step: number; readonly gap: number } | null = null;
  for (let i = 0; i < steps.length - 1; i += 1) {
    const step = steps[i] ?? 0;
    if (!mayGo(step)) continue;
    const gap = (steps[i + 1] ?? 0) - (steps[i - 1] ?? 0);
    if (found === null || gap < found.gap) found = { step, gap };
  }
  return found?.step ?? null;
}

/** steps: of the keyframes, ascending. Gives those to drop. */
export function keyframesToDrop(
  steps: readonly number[],
  { capacity, isPreferred, best }: KeyframeLimits,
): readonly number[] {
  let kept = [...steps];
  const dropped: number[] = [];
  while (kept.length > capacity) {
    const step =
      cheapest(kept, (one) => one !== best && !isPreferred(one)) ?? cheapest(kept, (one) => one !== best);
    if (step === null) break;
    dropped.push(step);
    kept = kept.filter((one) => one !== step);
  }
  return dropped;
}

/** Steps from one keyframe to the next that the budget allows by now: more come than stay, where they lie closer. */
export function keyframeSpacing(step: number, capacity: number): number {
  return Math.ceil(step / capacity);
}
