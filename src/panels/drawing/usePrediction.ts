/** What the network reads in images: the newest answer, also while it trains. */
import { useMemo } from 'react';
import { useNetworkAnswer } from '@/panels/network/useNetworkAnswer';
import { type Reading, readingsOf } from '@/panels/drawing/readings';

export interface PredictionAnswer {
  /** [count, 10] row-major. */
  readonly probabilities: Float32Array;
  /** One an image. */
  readonly readings: readonly Reading[];
  /** Step of the network that answered. */
  readonly step: number;
  /** Whether it is of the images shown now; and, while nothing trains, of the network as it stands now. */
  readonly isCurrent: boolean;
}

const imageSize = 28 * 28;

/** The newest answer for images of 28 x 28 bytes each; null for no image, and before a network's first answer. */
export function usePrediction(
  images: Uint8Array<ArrayBuffer> | null,
  refreshMilliseconds?: number,
): PredictionAnswer | null {
  const params = useMemo(
    () => (images === null ? null : { images, count: images.length / imageSize }),
    [images],
  );
  const { answer } = useNetworkAnswer('predict', params, refreshMilliseconds);
  return useMemo(() => {
    if (answer === null) return null;
    const { value, isCurrent } = answer;
    const { probabilities, step } = value;
    return { probabilities, readings: readingsOf(value), step, isCurrent };
  }, [answer]);
}
