/** Keeps the lab on a filter of the network: asks again as training and drawing go on, one request at a time. */
import { useEffect } from 'react';
import { cellLength, convolved, maxPooled } from '@/features/convLab/convLabDerived';
import { flattenLayers, type NetworkSpec } from '@/model/layers';
import { withLayer, withPool } from '@/features/convLab/convLabEdits';
import type { LabDocument, NetworkSource } from '@/features/convLab/convLabState';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { drawing, isEmptyDrawing, networkImage } from '@/session/drawing';
import { takeLabRequest, type LabRequest } from '@/session/labRequest';
import { networkVersion } from '@/session/selectors';
import { session } from '@/session/session';

/** Shortest time between two requests, and their share of the worker's time at most, so that training hardly slows. */
const shortestPause = 600;
const largestShare = 0.1;

/** The drawn digit; where nothing is drawn, the first test digit. */
async function currentImage(): Promise<Uint8Array<ArrayBuffer>> {
  const state = drawing.getState();
  if (!isEmptyDrawing(state)) return networkImage(state);
  const { images } = await session.actions.testImages([0]);
  return images;
}

/** Loads this filter and what it reads of an image, and follows it from now on. @throws RequestError */
export async function followFilter(
  layer: string,
  filter: number,
  { image, pool }: Pick<LabRequest, 'image' | 'pool'> = { image: null, pool: null },
): Promise<void> {
  const reply = await session.actions.layerInput(layer, filter, image ?? (await currentImage()));
  const source: NetworkSource = {
    layer,
    filter,
    step: reply.step,
    channels: reply.inputShape[0],
    image,
  };
  lab.actions.follow(source, (document) => {
    const next = withLayer(document, reply);
    return pool === null ? next : withPool(next, pool);
  });
}

/** Opens what another page asked for: this filter, where it has just finished this cell of its output. @throws RequestError */
export async function followRequest(): Promise<void> {
  const request = takeLabRequest();
  if (request === null) return;
  const { layer, filter, row, column, stage } = request;
  await followFilter(layer, filter, request);
  lab.actions.setStage(stage);
  const { document } = lab.store.getState();
  const width = outputWidth(document, stage);
  if (width !== null) lab.actions.seek((row * width + column + 1) * cellLength(document, stage));
}

/** Columns of what a stage gives; null where the kernel does not fit. */
function outputWidth(document: LabDocument, stage: LabRequest['stage']): number | null {
  const conv = convolved(document);
  if (!conv.ok) return null;
  if (stage !== 'pool') return conv.value.output.shape[3];
  const pool = maxPooled(conv.value, document);
  return pool.ok ? pool.value.output.shape[3] : null;
}

function hasFilter(network: NetworkSpec, name: string, filter: number): boolean {
  return flattenLayers(network.layers).some(
    (layer) => layer.kind === 'Conv2d' && layer.name === name && filter < layer.outChannels,
  );
}

export function useFollowNetwork(): void {
  const layer = useLab((state) => state.network?.layer ?? null);
  const filter = useLab((state) => state.network?.filter ?? 0);
  const image = useLab((state) => state.network?.image ?? null);
  useEffect(() => {
    if (layer === null) return undefined;
    let isStopped = false;
    let isStale = false;
    let isBusy = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const newest = session.store.getState().run;
    let seen: string | null =
      newest === null ? null : `${newest.runId}:${lab.store.getState().network?.step ?? -1}`;

    const refresh = async (): Promise<void> => {
      isBusy = true;
      isStale = false;
      const start = performance.now();
      try {
        const reply = await session.actions.layerInput(layer, filter, image ?? (await currentImage()));
        const { network } = lab.store.getState();
        // The person may have begun to edit meanwhile: then the lab is theirs.
        const isSame = network?.layer === layer && network.filter === filter && network.image === image;
        if (isStopped || network === null || !isSame) return;
        lab.actions.follow({ ...network, step: reply.step }, (document) => withLayer(document, reply));
      } catch {
        // Another network without this layer, or none yet: the next change asks again.
      }
      const pause = Math.max(shortestPause, (performance.now() - start) / largestShare);
      timer = setTimeout(() => {
        isBusy = false;
        if (isStale && !isStopped) void refresh();
      }, pause);
    };
    const changed = (): void => {
      isStale = true;
      if (!isBusy) void refresh();
    };
    const look = (): void => {
      const state = session.store.getState();
      const { run } = state;
      // What was loaded stays in the lab, as plain numbers.
      if (run !== null && !hasFilter(run.config.network, layer, filter)) return lab.actions.unfollow();
      const version = networkVersion(state);
      if (version === null || version === seen) return;
      seen = version;
      changed();
    };
    // It may have trained on while another page was open.
    look();
    const stopSession = session.store.subscribe(look);
    const stopDrawing = image === null ? drawing.subscribe(changed) : (): void => undefined;
    return () => {
      isStopped = true;
      clearTimeout(timer);
      stopSession();
      stopDrawing();
    };
  }, [layer, filter, image]);
}
