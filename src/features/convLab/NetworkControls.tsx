/** From the lab to the network: any filter of any of its convolutions, on the drawn digit. */
import { Button, Fieldset, Select } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { flattenLayers, type Conv2d, type NetworkSpec } from '@/model/layers';
import { lab, useLab } from '@/features/convLab/convLabStore';
import { isEmptyDrawing, useDrawing } from '@/session/drawing';
import { canPredict, shownTestImages } from '@/session/selectors';
import { useSession } from '@/session/session';
import { WholeNumberField } from '@/features/convLab/LabNumberField';
import { followFilter, followRequest, useFollowNetwork } from '@/features/convLab/useFollowNetwork';
import classes from '@/features/convLab/convLab.module.css';

function convolutionsOf(network: NetworkSpec | null): Conv2d[] {
  return network === null
    ? []
    : flattenLayers(network.layers).filter((layer): layer is Conv2d => layer.kind === 'Conv2d');
}

export function NetworkControls() {
  const { t } = useTranslation('convLab');
  const network = useSession((state) => state.run?.config.network ?? null);
  const isReady = useSession(canPredict);
  const source = useLab((state) => state.network);
  const [chosenLayer, setLayer] = useState<string | null>(null);
  const [chosenFilter, setFilter] = useState(1);
  const [failure, setFailure] = useState<string | null>(null);
  const hasImage = useSession((state) => shownTestImages(state) > 0);
  const isEmpty = useDrawing(isEmptyDrawing);
  useFollowNetwork();
  const layers = convolutionsOf(network);
  const layer = layers.find(({ name }) => name === chosenLayer) ?? layers[0] ?? null;
  const filter = Math.min(chosenFilter, layer?.outChannels ?? 1);
  useEffect(() => {
    followRequest().then(
      () => {
        const { network: opened } = lab.store.getState();
        if (opened === null) return;
        setLayer(opened.layer);
        setFilter(opened.filter + 1);
      },
      (error: unknown) => setFailure(error instanceof Error ? error.message : String(error)),
    );
  }, []);
  const follow = (name: string, index: number): void => {
    followFilter(name, index - 1).then(
      () => setFailure(null),
      (error: unknown) => setFailure(error instanceof Error ? error.message : String(error)),
    );
  };
  return (
    <Fieldset legend={t('network.title')} className={classes['fieldset'] ?? ''}>
      <p className={classes['sumNote']}>
        {network === null ? t('network.none') : t('network.explain', { name: network.name })}
      </p>
      <Select
        size="xs"
        label={t('network.layer')}
        allowDeselect={false}
        value={layer?.name ?? null}
        disabled={layer === null}
        data={layers.map(({ name, inChannels, outChannels, kernelSize }) => ({
          value: name,
          label: `${name}: ${inChannels} → ${outChannels}, ${kernelSize}×${kernelSize}`,
        }))}
        onChange={(name) => {
          setLayer(name);
          if (source !== null && name !== null) follow(name, 1);
        }}
      />
      <div className={classes['inline']}>
        <WholeNumberField
          label={t('network.filter', { count: layer?.outChannels ?? 0 })}
          value={filter}
          min={1}
          max={layer?.outChannels ?? 1}
          onChange={(value) => {
            setFilter(value);
            if (source !== null && layer !== null) follow(layer.name, value);
          }}
        />
        <Button
          size="xs"
          variant="light"
          disabled={!isReady || layer === null || (isEmpty && !hasImage)}
          onClick={() => {
            if (layer !== null) follow(layer.name, filter);
          }}
        >
          {t('network.show')}
        </Button>
      </div>
      {source !== null && (
        <div className={classes['following']}>
          <span data-following={source.step}>
            {t('network.following', { layer: source.layer, filter: source.filter + 1, step: source.step })}
          </span>
          <Button size="compact-xs" variant="default" onClick={lab.actions.unfollow}>
            {t('network.stop')}
          </Button>
        </div>
      )}
      {failure !== null && <p className={classes['sumNote']}>{t('network.failed', { message: failure })}</p>}
    </Fieldset>
  );
}
