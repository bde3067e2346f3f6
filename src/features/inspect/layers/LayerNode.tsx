/** A box of the diagram: the layer's name and shape above what it gives for the image, or its filters. */
import { type RefObject, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { GraphNode } from '@/model/graph';
import { definitionOf } from '@/model/layers';
import { networkInput } from '@/model/shapes';
import { layerDetail, shapeText } from '@/panels/network/layerText';
import type { ExportFiles } from '@/ui/export/exportFiles';
import { useExportFrame } from '@/ui/export/useExportFrame';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { usePalette } from '@/ui/theme/usePalette';
import { FilterSheet } from '@/features/inspect/layers/FilterSheet';
import { activationName, convolutionOf, sheetWidth } from '@/features/inspect/layers/layerNodes';
import { layersActions, useLayers } from '@/features/inspect/layers/layersStore';
import { useLayersContext, type LayerActivation } from '@/features/inspect/layers/layersContext';
import { MapSheet } from '@/features/inspect/layers/MapSheet';
import { SheetPicture } from '@/features/inspect/layers/SheetPicture';
import classes from '@/features/inspect/layers/layers.module.css';

/** Beyond the window, so that what is scrolled to is there already. */
const sightMargin = '300px 0px';

/** Tells which boxes are in sight: only their layers are asked for. */
function useSight(box: RefObject<HTMLElement | null>, name: string | null): void {
  useEffect(() => {
    const element = box.current;
    if (element === null || name === null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => layersActions.sight(name, entries.at(-1)?.isIntersecting === true),
      { rootMargin: sightMargin },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      layersActions.sight(name, false);
    };
  }, [box, name]);
}

/** Every value with its place, counted from 1 as on the page. */
function rowsOf({ shape, data }: LayerActivation): number[][] {
  const [, , height = 1, width = 1] = shape;
  return Array.from(data, (value, i) => [
    Math.floor(i / (height * width)) + 1,
    (Math.floor(i / width) % height) + 1,
    (i % width) + 1,
    value,
  ]);
}

function useMapFiles(name: string | null, activation: LayerActivation | undefined): ExportFiles | undefined {
  const { t } = useTranslation('inspectLayers');
  const palette = usePalette();
  const page = useLayers((state) => state.pages.get(name ?? '') ?? 0);
  if (name === null || activation === undefined) return undefined;
  const title = name === networkInput ? t('input') : name;
  return {
    label: t('save', { layer: title }),
    fileName: `${title}-maps`,
    picture: <SheetPicture title={title} activation={activation} page={page} palette={palette} />,
    table: () => ({ header: ['map', 'row', 'column', 'value'], rows: rowsOf(activation) }),
  };
}

function useTitle(node: GraphNode): {
  readonly kind: string;
  readonly detail: string;
  readonly shape: string;
} {
  const { t } = useTranslation('network');
  const format = useNumberFormat();
  const [layer] = node.layers;
  const { kind } = node;
  return {
    kind: kind === 'Input' || kind === 'Output' || kind === 'Add' ? t(`diagram.${kind}`) : kind,
    detail: layer === undefined ? '' : layerDetail(layer, t),
    shape: shapeText(node.output, format.integer),
  };
}

export function LayerNode({ node, width }: { readonly node: GraphNode; readonly width: number }) {
  const { t } = useTranslation('inspectLayers');
  const { mode, activations } = useLayersContext();
  const name = activationName(node);
  const convolution = convolutionOf(node);
  const { kind, detail, shape } = useTitle(node);
  const activation = name === null ? undefined : activations?.get(name);
  const [layer] = node.layers;
  const files = useMapFiles(name, activation);
  const { frame, menu } = useExportFrame<HTMLDivElement>(mode === 'maps' ? files : undefined);
  useSight(frame.ref, name);
  return (
    <div
      {...frame}
      className={classes['box']}
      data-kind={node.kind}
      data-group={layer === undefined ? undefined : definitionOf(layer).group}
      data-layer={node.name}
    >
      <div className={classes['head']}>
        <span className={classes['title']}>
          {kind} <span className={classes['detail']}>{detail}</span>
        </span>
        <code className={classes['name']}>{node.name}</code>
        {mode === 'maps' && name === null && node.kind !== 'Output' && (
          <span className={classes['nothing']}>{t('changesNothing')}</span>
        )}
        <span className={classes['shape']}>{shape}</span>
        {menu}
      </div>
      {mode === 'maps' && name !== null && (
        <MapSheet name={name} shape={node.output} width={sheetWidth(width)} activation={activation} />
      )}
      {mode !== 'maps' && convolution !== null && (
        <FilterSheet layer={convolution} what={mode} width={sheetWidth(width)} />
      )}
    </div>
  );
}
