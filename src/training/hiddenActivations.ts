/** What a network makes of test images before it decides: the output of its last hidden layer, which the last Linear reads. */
import type { Engine } from '@/engine/engine';
import { imageBytes } from '@/data/manifest';
import type { ImageSet } from '@/data/imageSet';
import { flattenLayers, type LayerSpec, type NetworkSpec } from '@/model/layers';
import type { RequestProgress, RequestValue } from '@/protocol/requests';
import { sourceOf } from '@/training/layerInput';
import { inPieces } from '@/training/testPredictions';
import { NotReadyError } from '@/training/workerError';

const isDropout = (layer: LayerSpec | undefined): boolean =>
  layer?.kind === 'Dropout' || layer?.kind === 'Dropout2d';

/** The layer whose output the last Linear reads; null: there is no Linear. */
export function lastHidden({ layers }: NetworkSpec): string | null {
  const all = flattenLayers(layers);
  const last = all.findLast(({ kind }) => kind === 'Linear');
  let source = last === undefined ? null : sourceOf(layers, last.name);
  // In eval mode a dropout hands on what the layer before it gives.
  while (source !== null && isDropout(all.find(({ name }) => name === source)))
    source = sourceOf(layers, source);
  return source;
}

/** Whether something is learned before the last Linear; else it reads the image itself. */
export function hasHidden({ layers }: NetworkSpec): boolean {
  return flattenLayers(layers).filter(({ kind }) => kind === 'Linear' || kind === 'Conv2d').length > 1;
}

/**
 * Of the first `count` test images. `tell` hears of the share that is done.
 * @throws NotReadyError before the images are there; what `signal` was aborted with
 */
export async function hiddenActivations(
  engine: Pick<Engine, 'activations'>,
  network: NetworkSpec,
  test: ImageSet,
  count: number,
  tell: (progress: RequestProgress<'hiddenActivations'>) => void,
  signal: AbortSignal,
): Promise<Omit<RequestValue<'hiddenActivations'>, 'step'>> {
  if (test.count < count) throw new NotReadyError('The test images are not there yet.');
  const images = test.images.slice(0, count * imageBytes);
  const labels = test.labels.slice(0, count);
  const layer = lastHidden(network);
  const isInput = !hasHidden(network);
  if (layer === null) return { layer, features: new Float32Array(0), isInput, images, labels };
  let features = new Float32Array(0);
  await inPieces(
    test,
    count,
    async (piece, first, size) => {
      const data = (await engine.activations(piece, size, [layer])).get(layer)?.data ?? new Float32Array(0);
      const width = data.length / size;
      if (features.length === 0) features = new Float32Array(count * width);
      features.set(data, first * width);
      tell({ done: (first + size) / count });
    },
    signal,
  );
  return { layer, features, isInput, images, labels };
}
