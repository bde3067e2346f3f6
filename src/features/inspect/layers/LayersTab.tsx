/** Every layer's feature maps for the image on show, along the network's diagram, and what a unit is made of. */
import { SegmentedControl } from '@mantine/core';
import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { flattenLayers, type NetworkSpec } from '@/model/layers';
import type { InputPipeline } from '@/model/runConfig';
import { inputShape, networkInput } from '@/model/shapes';
import { NetworkDiagram } from '@/panels/network/diagram/NetworkDiagram';
import { useNetworkAnswer } from '@/panels/network/useNetworkAnswer';
import { labPath } from '@/session/labPath';
import { requestLab } from '@/session/labRequest';
import { useSession } from '@/session/session';
import { Panel } from '@/ui/layout/Panel';
import { useImage } from '@/features/inspect/image/useImage';
import { LayerNode } from '@/features/inspect/layers/LayerNode';
import { boxHeights, layerModes, type LayerMode } from '@/features/inspect/layers/layerNodes';
import { LayersContext } from '@/features/inspect/layers/layersContext';
import { labPlaceOf } from '@/features/inspect/layers/labPlace';
import { useLayers, type Unit } from '@/features/inspect/layers/layersStore';
import { placeUnit, UnitCard } from '@/features/inspect/layers/UnitCard';
import classes from '@/features/inspect/layers/layers.module.css';

/** Between two answers while it trains: five and more a second. */
const refreshMilliseconds = 120;

interface ExplorerProps {
  readonly network: NetworkSpec;
  readonly input: InputPipeline;
}

/** Layers in sight, and the one whose unit is looked at, in the network's order. */
function useAskedLayers(network: NetworkSpec, mode: LayerMode): readonly string[] {
  const inSight = useLayers((state) => state.inSight);
  const unit = useLayers((state) => state.unit?.layer ?? null);
  const names = flattenLayers(network.layers)
    .map(({ name }) => name)
    .filter((name) => name === unit || (mode === 'maps' && inSight.has(name)));
  const key = names.join('\n');
  // The same list as long as it has the same names: a question is a new one when its object is.
  return useMemo(() => [networkInput, ...(key === '' ? [] : key.split('\n'))], [key]);
}

function Explorer({ network, input }: ExplorerProps) {
  const { t } = useTranslation(['inspectLayers', 'inspect']);
  const [mode, setMode] = useState<LayerMode>('maps');
  const { pixels, source } = useImage();
  const [, navigate] = useLocation();
  const layers = useAskedLayers(network, mode);
  const params = useMemo(
    () => (pixels === null ? null : { images: pixels, count: 1, layers }),
    [pixels, layers],
  );
  const { answer, error } = useNetworkAnswer('activations', params, refreshMilliseconds);
  const activations = answer?.value.activations ?? null;
  const labPlace = useCallback((layer: string) => labPlaceOf(network, layer), [network]);
  const openInLab = useCallback(
    ({ layer, map, row, column }: Unit): void => {
      const place = labPlace(layer);
      if (pixels === null || place === null) return;
      requestLab({ ...place, filter: map, row, column, image: source === 'drawing' ? null : pixels });
      navigate(labPath);
    },
    [pixels, source, navigate, labPlace],
  );
  const context = useMemo(
    () => ({ mode, activations, openInLab, labPlace }),
    [mode, activations, openInLab, labPlace],
  );
  const unit = useLayers((state) => state.unit);
  const isPinned = useLayers((state) => state.isPinned);
  const placed = useMemo(() => placeUnit(network, input, unit), [network, input, unit]);
  const shape = useMemo(() => inputShape(input), [input]);
  return (
    <LayersContext value={context}>
      <div
        className={classes['explorer']}
        data-testid="layers"
        data-current={answer?.isCurrent === true}
        data-step={answer?.value.step}
      >
        <Panel
          title={t('title')}
          hint={t(`hints.${mode}`)}
          actions={
            <SegmentedControl
              size="xs"
              aria-label={t('mode')}
              value={mode}
              onChange={setMode}
              data={layerModes.map((value) => ({ value, label: t(`modes.${value}`) }))}
            />
          }
        >
          {pixels === null && <p className={classes['empty']}>{t('inspect:image.empty')}</p>}
          {error !== null && answer === null && (
            <p className={classes['empty']}>{t('failed', { message: error })}</p>
          )}
          <NetworkDiagram
            network={network}
            input={shape}
            isGrouped={false}
            Node={LayerNode}
            heightOf={boxHeights[mode]}
            unfoldsFirst
            testId="layers-diagram"
          />
        </Panel>
        <UnitCard unit={placed} isPinned={isPinned} network={network} input={input} pixels={pixels} />
      </div>
    </LayersContext>
  );
}

export function LayersTab() {
  const { t } = useTranslation('inspect');
  const runId = useSession(({ run }) => run?.runId);
  const network = useSession(({ run }) => run?.config.network);
  const input = useSession(({ run }) => run?.config.input);
  if (network === undefined || input === undefined) return <p>{t('notReady')}</p>;
  return <Explorer key={runId} network={network} input={input} />;
}
