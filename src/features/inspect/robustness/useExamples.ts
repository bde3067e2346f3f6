/** The image that is inspected at every strength of every corruption, with what the network reads in each. */
import { useMemo } from 'react';
import { classCount } from '@/model/classCounts';
import { corrupt, type CorruptionKind, corruptionKinds, corruptionStrengths } from '@/model/corruptions';
import { useInspectedImage } from '@/session/inspectedImage';
import type { Reading } from '@/panels/drawing/readings';
import { usePrediction } from '@/panels/drawing/usePrediction';
import { useImage } from '@/features/inspect/image/useImage';

export interface Example {
  readonly kind: CorruptionKind;
  readonly strength: number;
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** Null before the network's answer. */
  readonly reading: Reading | null;
  /** Probability of the reading. */
  readonly confidence: number | null;
}

const corruptions = corruptionKinds.flatMap((kind) =>
  corruptionStrengths[kind].map((strength) => ({ kind, strength })),
);

/** Null without an image. `label`: null where nobody knows it. */
export function useExamples(): {
  readonly examples: readonly Example[];
  readonly label: number | null;
} | null {
  const { pixels, label, source } = useImage();
  const index = useInspectedImage((state) => (source === 'test' ? state.index : 0));
  const images = useMemo(() => {
    if (pixels === null) return null;
    const all = new Uint8Array(corruptions.length * pixels.length);
    corruptions.forEach((one, i) => all.set(corrupt(pixels, one, 0, index), i * pixels.length));
    return all;
  }, [pixels, index]);
  const answer = usePrediction(images);
  return useMemo(() => {
    if (images === null) return null;
    // An answer may still be that of another image.
    const read = answer?.isCurrent === true ? answer : null;
    const size = images.length / corruptions.length;
    const examples = corruptions.map(({ kind, strength }, i): Example => {
      const reading = read?.readings[i] ?? null;
      return {
        kind,
        strength,
        pixels: images.slice(i * size, (i + 1) * size),
        reading,
        confidence:
          typeof reading === 'number' ? (read?.probabilities[i * classCount + reading] ?? null) : null,
      };
    });
    return { examples, label };
  }, [images, answer, label]);
}
