/** The layers over the run: how large weights, gradients and updates are, and what is dead. */
import { Button, Select } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { session } from '@/store/session';
import { heatGrid } from '@/views/train/heatGrid';
import { LayerHeatPlot } from '@/views/train/LayerHeatPlot';
import { layerQuantities } from '@/views/train/layerQuantities';
import { LayerTable } from '@/views/train/LayerTable';
import { useStatisticsVersion } from '@/views/train/useStatisticsVersion';
import { Panel } from '@/views/ui/Panel';
import classes from '@/views/train/layers.module.css';

function LayerFigures() {
  const { t } = useTranslation('doctor');
  const [chosen, setChosen] = useState<string>('update');
  const quantity = layerQuantities.find(({ id }) => id === chosen) ?? layerQuantities[0];
  const version = useStatisticsVersion();
  // The version stands for the log's content, which React cannot see.
  // oxlint-disable-next-line react/exhaustive-deps
  const statistics = useMemo(() => session.statistics.steps, [version]);
  const grid = useMemo(
    () => (quantity === undefined ? null : heatGrid(statistics, quantity)),
    [statistics, quantity],
  );
  const latest = statistics.at(-1);
  if (latest === undefined || quantity === undefined || grid === null)
    return <p className={classes['hint']}>{t('statistics.empty')}</p>;
  return (
    <>
      <p className={classes['hint']}>{t('statistics.hint')}</p>
      <Select
        size="xs"
        className={classes['quantity']}
        label={t('statistics.quantity')}
        data={layerQuantities.map(({ id }) => ({ value: id, label: t(`statistics.quantities.${id}`) }))}
        value={quantity.id}
        allowDeselect={false}
        onChange={(id) => setChosen(id ?? 'update')}
        data-testid="layer-quantity"
      />
      <LayerHeatPlot grid={grid} quantity={quantity} />
      <LayerTable statistics={latest} />
    </>
  );
}

export function LayerPanel() {
  const { t } = useTranslation('doctor');
  const isPhone = useMediaQuery('(max-width: 48em)') ?? false;
  const [wanted, setWanted] = useState<boolean | null>(null);
  const isOpen = wanted ?? !isPhone;
  const id = useId();
  return (
    <Panel
      title={t('statistics.title')}
      actions={
        <Button
          size="compact-xs"
          variant="subtle"
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setWanted(!isOpen)}
        >
          {t(isOpen ? 'statistics.hide' : 'statistics.show')}
        </Button>
      }
    >
      <div id={id}>{isOpen && <LayerFigures />}</div>
    </Panel>
  );
}
