/** Dragging layers: a row can be picked up by its handle and dropped before or behind any other, also in a block. */
import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine';
import {
  draggable,
  dropTargetForElements,
  monitorForElements,
} from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { type RefObject, useEffect, useState } from 'react';
import { type ContainerStep, type LayerPath, moveLayer, pathKey } from '@/model/edit';
import type { LayerSpec } from '@/model/layers';

/** Reads what pathKey writes; null for anything else. */
export function parsePathKey(key: unknown): LayerPath | null {
  if (typeof key !== 'string' || !/^\d+(\.(body|shortcut)\.\d+)*$/.test(key)) return null;
  const parts = key.split('.');
  const container: ContainerStep[] = [];
  for (let i = 0; i + 2 < parts.length; i += 2) {
    container.push({ index: Number(parts[i]), part: parts[i + 1] === 'body' ? 'body' : 'shortcut' });
  }
  return { container, index: Number(parts.at(-1)) };
}

const sourceKey = 'layer';
const targetKey = 'before';

/** A layer cannot go into its own inside. */
const isInside = (path: LayerPath, source: unknown): boolean =>
  pathKey(path).startsWith(`${String(source)}.`);

export type DropEdge = 'before' | 'after';

interface RowRefs {
  readonly row: RefObject<HTMLElement | null>;
  readonly handle: RefObject<HTMLElement | null>;
}

/** Makes a row draggable and a place to drop; tells at which of its edges a layer would land, and whether it is in the air. */
export function useLayerRow(path: LayerPath, { row, handle }: RowRefs) {
  const [edge, setEdge] = useState<DropEdge | null>(null);
  const [isDragged, setIsDragged] = useState(false);
  const key = pathKey(path);
  useEffect(() => {
    const element = row.current;
    const dragHandle = handle.current;
    const place = parsePathKey(key);
    if (element === null || dragHandle === null || place === null) return undefined;
    const edgeAt = (clientY: number): DropEdge => {
      const { top, height } = element.getBoundingClientRect();
      return clientY < top + height / 2 ? 'before' : 'after';
    };
    const insertion = (at: DropEdge): string =>
      pathKey(at === 'before' ? place : { ...place, index: place.index + 1 });
    return combine(
      draggable({
        element,
        dragHandle,
        getInitialData: () => ({ [sourceKey]: key }),
        onDragStart: () => setIsDragged(true),
        onDrop: () => setIsDragged(false),
      }),
      dropTargetForElements({
        element,
        canDrop: ({ source }) =>
          source.data[sourceKey] !== undefined &&
          source.data[sourceKey] !== key &&
          !isInside(place, source.data[sourceKey]),
        getData: ({ input }) => ({ [targetKey]: insertion(edgeAt(input.clientY)) }),
        onDrag: ({ location }) => setEdge(edgeAt(location.current.input.clientY)),
        onDragLeave: () => setEdge(null),
        onDrop: () => setEdge(null),
      }),
    );
  }, [key, row, handle]);
  return { edge, isDragged };
}

/** The place behind the last layer of a list, which may be empty. */
export function useListEnd(end: LayerPath, ref: RefObject<HTMLElement | null>): boolean {
  const [isOver, setIsOver] = useState(false);
  const key = pathKey(end);
  useEffect(() => {
    const element = ref.current;
    const place = parsePathKey(key);
    if (element === null || place === null) return undefined;
    return dropTargetForElements({
      element,
      canDrop: ({ source }) =>
        source.data[sourceKey] !== undefined && !isInside(place, source.data[sourceKey]),
      getData: () => ({ [targetKey]: key }),
      onDragEnter: () => setIsOver(true),
      onDragLeave: () => setIsOver(false),
      onDrop: () => setIsOver(false),
    });
  }, [key, ref]);
  return isOver;
}

/** Carries a drop out. */
export function useLayerDrops(
  edit: (change: (layers: readonly LayerSpec[]) => readonly LayerSpec[]) => void,
): void {
  useEffect(
    () =>
      monitorForElements({
        onDrop: ({ source, location }) => {
          const from = parsePathKey(source.data[sourceKey]);
          const to = parsePathKey(location.current.dropTargets[0]?.data[targetKey]);
          if (from !== null && to !== null) edit((layers) => moveLayer(layers, from, to));
        },
      }),
    [edit],
  );
}
