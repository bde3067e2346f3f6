/** Test images with what the network says of them: any, or only those that it reads wrongly. */
import { useEffect, useState } from 'react';
import { dataKey, dataOf } from '@/model/dataSet';
import { canPredict, shownData, shownTestImages } from '@/session/selectors';
import { session, useSession } from '@/session/session';
import type { DrawingSample } from '@/session/drawing';
import { readingsOf } from '@/panels/drawing/readings';

export type SampleFilter = 'all' | 'wrong';

export interface Samples {
  readonly items: readonly DrawingSample[];
  /** All pixels together, as `predict` takes them. */
  readonly images: Uint8Array<ArrayBuffer>;
  /** Images looked at to find these. */
  readonly searched: number;
}

interface Found {
  /** The run whose network read them wrongly; undefined where any will do. */
  readonly runId: string | undefined;
  readonly data: string;
  readonly samples: Samples;
}

const imageSize = 28 * 28;
const searchChunk = 100;
const searchLimit = 1000;

async function fetchSamples(first: number, count: number): Promise<DrawingSample[]> {
  const all = dataOf({ data: shownData(session.store.getState()) }).testImages;
  const indices = Array.from({ length: Math.min(count, all) }, (_, i) => (first + i) % all);
  const { images, labels } = await session.actions.testImages(indices);
  return indices.map((index, i) => ({
    index,
    label: labels[i] ?? 0,
    pixels: images.slice(i * imageSize, (i + 1) * imageSize),
  }));
}

function joined(items: readonly DrawingSample[], searched: number): Samples {
  const images = new Uint8Array(items.length * imageSize);
  for (const [i, item] of items.entries()) images.set(item.pixels, i * imageSize);
  return { items, images, searched };
}

/** Any, fewer where there are fewer. */
async function anyOf(first: number, count: number): Promise<Samples> {
  const items = await fetchSamples(first, count);
  return joined(items, items.length);
}

async function wrongOf(items: readonly DrawingSample[]): Promise<DrawingSample[]> {
  const readings = readingsOf(await session.actions.predict(joined(items, 0).images, items.length));
  return items.filter((item, i) => readings[i] !== item.label);
}

/** Looks on from `first` until `count` wrong ones are found or enough were tried. */
async function findWrong(first: number, count: number, isCancelled: () => boolean): Promise<Samples> {
  const wrong: DrawingSample[] = [];
  let searched = 0;
  const limit = Math.min(searchLimit, dataOf({ data: shownData(session.store.getState()) }).testImages);
  while (wrong.length < count && searched < limit && !isCancelled()) {
    // One chunk after the other: training goes on in between.
    const chunk = Math.min(searchChunk, limit - searched);
    // oxlint-disable-next-line no-await-in-loop
    wrong.push(...(await wrongOf(await fetchSamples(first + searched, chunk))));
    searched += chunk;
  }
  return joined(wrong.slice(0, count), searched);
}

/** Null while they load. `page` moves on to others. */
export function useSamples(filter: SampleFilter, page: number, count: number): Samples | null {
  const [found, setFound] = useState<Found | null>(null);
  const hasImages = useSession((state) => shownTestImages(state) > 0);
  const data = useSession((state) => dataKey(shownData(state)));
  const runId = useSession((state) => (filter === 'wrong' ? state.run?.runId : undefined));
  // Wrong ones are looked for again when the network has learnt: after each full test.
  const network = useSession((state) =>
    filter === 'wrong' && canPredict(state)
      ? `${state.run?.runId}:${state.shown?.at ?? 'newest'}:${state.evaluations.filter((point) => point.extent === 'full').length}`
      : null,
  );
  useEffect(() => {
    if (!hasImages || (filter === 'wrong' && network === null)) return undefined;
    let cancelled = false;
    const load = async (): Promise<void> => {
      const samples =
        filter === 'all'
          ? await anyOf(page * count, count)
          : await findWrong(page * searchLimit, count, () => cancelled);
      if (!cancelled) setFound({ runId, data, samples });
    };
    // A network that was replaced meanwhile does not answer; the next one is asked by the next effect.
    load().catch(() => undefined);
    return () => {
      cancelled = true;
    };
  }, [hasImages, filter, runId, network, page, count, data]);
  // What another network read wrongly says nothing of this one.
  if (found === null || found.data !== data) return null;
  return filter === 'wrong' && found.runId !== runId ? null : found.samples;
}
