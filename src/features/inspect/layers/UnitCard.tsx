/** The unit that is looked at: its value, what of the image it is computed from, and by which weights. */
import { Button, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { flattenLayers, type LayerSpec, type NetworkSpec } from '@/model/layers';
import { receptiveField } from '@/model/receptiveField';
import type { InputPipeline } from '@/model/runConfig';
import type { Shape } from '@/model/shape';
import { inferShapes, inputShape, networkInput } from '@/model/shapes';
import { useClassName } from '@/panels/data/useShownData';
import { Icon } from '@/ui/icons/icons';
import { Panel } from '@/ui/layout/Panel';
import { exactValue } from '@/ui/text/valueFormat';
import { Contributions } from '@/features/inspect/layers/Contributions';
import { FieldPicture } from '@/features/inspect/layers/FieldPicture';
import { Kernel } from '@/features/inspect/layers/Kernel';
import { useLayersContext, type LayerActivations } from '@/features/inspect/layers/layersContext';
import { layersActions, type Unit } from '@/features/inspect/layers/layersStore';
import { isImages, mapShape } from '@/features/inspect/layers/sheetLayout';
import classes from '@/features/inspect/layers/layers.module.css';

/** A unit of this network, or null where it has none such: another network may have come. */
export interface PlacedUnit extends Unit {
  /** Null: the network's input. */
  readonly spec: LayerSpec | null;
  readonly shape: Shape;
  /** What was flattened for a Linear, [C, H, W]; null: no image. */
  readonly flattened: Shape | null;
  /** Its units are the logits of the classes. */
  readonly isLast: boolean;
}

export function placeUnit(network: NetworkSpec, input: InputPipeline, unit: Unit | null): PlacedUnit | null {
  if (unit === null) return null;
  const own = inputShape(input);
  const shapes = inferShapes(network, own);
  const found = shapes.find(({ layer }) => layer.name === unit.layer);
  if (found === undefined && unit.layer !== networkInput) return null;
  const shape = found?.output ?? own;
  const { maps, height, width } = mapShape(shape);
  if (unit.map >= maps || unit.row >= height || unit.column >= width) return null;
  const flat = flattenLayers(network.layers);
  const before = flat[flat.findIndex(({ name }) => name === unit.layer) - 1];
  const flatten =
    before?.kind === 'Flatten' ? shapes.find(({ layer }) => layer === before)?.input : undefined;
  return {
    ...unit,
    spec: found?.layer ?? null,
    shape,
    flattened: flatten?.length === 3 ? flatten : null,
    isLast: flat.at(-1)?.name === unit.layer,
  };
}

function valueOf(
  { layer, map, row, column, shape }: PlacedUnit,
  activations: LayerActivations | null,
): number | null {
  const { height, width } = mapShape(shape);
  return activations?.get(layer)?.data[(map * height + row) * width + column] ?? null;
}

export interface UnitCardProps {
  readonly unit: PlacedUnit | null;
  readonly isPinned: boolean;
  readonly network: NetworkSpec;
  readonly input: InputPipeline;
  readonly pixels: Uint8Array<ArrayBuffer> | null;
}

function useUnitText(unit: PlacedUnit | null): string {
  const { t } = useTranslation('inspectLayers');
  const nameOf = useClassName();
  if (unit === null) return '';
  if (unit.isLast) return t('logit', { name: nameOf(unit.map) });
  const [map, row, column] = [unit.map + 1, unit.row + 1, unit.column + 1];
  return isImages(mapShape(unit.shape)) ? t('place', { map, row, column }) : t('unit', { index: map });
}

interface DetailsProps extends Omit<UnitCardProps, 'isPinned'> {
  readonly unit: PlacedUnit;
  /** The unit in words. */
  readonly text: string;
}

function Details({ unit, text, network, input, pixels }: DetailsProps) {
  const { t } = useTranslation('inspectLayers');
  const { activations, openInLab, labPlace } = useLayersContext();
  const { layer, map, row, column, spec, shape, flattened } = unit;
  const field = useMemo(
    () =>
      spec === null
        ? [[row], [column]]
        : receptiveField(network, inputShape(input), layer, shape.length === 1 ? [map] : [row, column]),
    [network, input, layer, spec, shape.length, map, row, column],
  );
  const image = activations?.get(networkInput);
  return (
    <>
      {image !== undefined && field !== null && (
        <FieldPicture
          input={image}
          field={field}
          unit={text}
          fileName={`${layer}-${[map, row, column].map((place) => place + 1).join('-')}`}
        />
      )}
      {labPlace(layer) !== null && (
        <Button
          size="xs"
          px={6}
          fullWidth
          variant="light"
          disabled={pixels === null}
          onClick={() => openInLab({ layer, map, row, column })}
        >
          {t('openLab')}
        </Button>
      )}
      {spec?.kind === 'Conv2d' && pixels !== null && <Kernel layer={layer} filter={map} pixels={pixels} />}
      {spec?.kind === 'Linear' && pixels !== null && (
        <Contributions layer={layer} unit={map} pixels={pixels} image={flattened} />
      )}
    </>
  );
}

export function UnitCard(props: UnitCardProps) {
  const { t } = useTranslation('inspectLayers');
  const { activations } = useLayersContext();
  const { unit, isPinned } = props;
  const text = useUnitText(unit);
  const value = unit === null ? null : valueOf(unit, activations);
  const name = unit?.layer === networkInput ? t('input') : (unit?.layer ?? '');
  // Heard once the unit rests, not at every step.
  const [heard] = useDebouncedValue(
    value === null ? '' : t('announce', { layer: name, place: text, value: exactValue(value) }),
    700,
  );
  return (
    <Panel title={t('unitTitle')} className={classes['card']}>
      {unit === null ? (
        <p className={classes['hint']}>{t('unitHint')}</p>
      ) : (
        <div className={classes['unit']} data-testid="unit" data-layer={unit.layer} data-value={value}>
          <div className={classes['cardHead']}>
            <p className={classes['unitName']}>
              <code>{name}</code> {text}
            </p>
            {isPinned && (
              <Button
                size="compact-xs"
                variant="default"
                leftSection={<Icon name="pinned" size={13} />}
                onClick={layersActions.release}
              >
                {t('release')}
              </Button>
            )}
          </div>
          <p className={classes['value']}>{value === null ? '–' : exactValue(value)}</p>
          <Details {...props} unit={unit} text={`${name} ${text}`} />
        </div>
      )}
      <VisuallyHidden aria-live="polite">{heard}</VisuallyHidden>
    </Panel>
  );
}
