/** The layers over the run: how large weights, gradients and updates are, and what is dead. */
import { Button, Select } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { memo, useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { statisticsIntervals } from '@/model/layerStatistics';
import { session, useSession } from '@/session/session';
import { heatMarks, layerEvidence } from '@/features/train/heatEvidence';
import { heatGrid } from '@/features/train/heatGrid';
import { LayerHeatPlot } from '@/features/train/LayerHeatPlot';
import { type LayerQuantity, layerQuantities, layerTensors, updateQuantity } from '@/model/layerQuantities';
import { statisticsTable } from '@/features/train/statisticsTable';
import { LayerTable } from '@/features/train/LayerTable';
import { useDiagnosisText } from '@/features/train/useDiagnosisText';
import { useQuantityText } from '@/ui/text/useQuantityText';
import { useStatisticsVersion } from '@/features/train/useStatisticsVersion';
import { ExportFrame } from '@/ui/export/ExportFrame';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { Panel } from '@/ui/layout/Panel';
import classes from '@/features/train/layers.module.css';

const IntervalSelect = memo(function IntervalSelect() {
  const { t } = useTranslation('doctor');
  const format = useNumberFormat();
  const interval = useSession(({ settings }) => settings.statisticsInterval);
  const label = (choice: (typeof statisticsIntervals)[number]): string => {
    if (typeof choice === 'string') return t(`statistics.intervals.${choice}`);
    return choice === 1
      ? t('statistics.everyStep')
      : t('statistics.everySteps', { steps: format.integer(choice) });
  };
  return (
    <Select
      size="xs"
      className={classes['choice']}
      label={t('statistics.interval')}
      data={statisticsIntervals.map((choice) => ({ value: String(choice), label: label(choice) }))}
      value={String(interval)}
      allowDeselect={false}
      onChange={(value) => {
        const chosen = statisticsIntervals.find((choice) => String(choice) === value);
        if (chosen !== undefined) session.actions.setStatisticsInterval(chosen);
      }}
      data-testid="statistics-interval"
    />
  );
});

const QuantitySelect = memo(function QuantitySelect({
  chosen,
  onChoose,
}: {
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}) {
  const { t } = useTranslation('doctor');
  const text = useQuantityText();
  const item = (quantity: LayerQuantity) => ({ value: quantity.id, label: text.name(quantity) });
  return (
    <Select
      size="xs"
      className={classes['choice']}
      label={t('statistics.quantity')}
      data={[
        item(updateQuantity),
        ...layerTensors.map((tensor) => ({
          group: t(`statistics.tensors.${tensor}`),
          items: layerQuantities.filter((quantity) => quantity.tensor === tensor).map(item),
        })),
      ]}
      value={chosen}
      allowDeselect={false}
      maxDropdownHeight={420}
      onChange={(id) => onChoose(id ?? updateQuantity.id)}
      data-testid="layer-quantity"
    />
  );
});

function LayerFigures() {
  const { t } = useTranslation('doctor');
  const [chosen, setChosen] = useState<string | null>(null);
  const diagnoses = useSession((state) => state.diagnoses);
  const evidence = useMemo(() => layerEvidence(diagnoses), [diagnoses]);
  // What the doctor speaks of is shown, until something is chosen.
  const shown = chosen ?? evidence?.quantityId;
  const quantity = layerQuantities.find(({ id }) => id === shown) ?? updateQuantity;
  const isEvidence = evidence?.quantityId === quantity.id;
  const text = useDiagnosisText();
  const quantityName = useQuantityText().name(quantity);
  const version = useStatisticsVersion();
  // The version stands for the log's content, which React cannot see.
  // oxlint-disable-next-line react/exhaustive-deps
  const statistics = useMemo(() => session.statistics.steps, [version]);
  const grid = useMemo(() => heatGrid(statistics, quantity), [statistics, quantity]);
  const shownStep = useSession(({ shown }) => shown?.at ?? Infinity);
  // A step is measured before its update.
  const latest = statistics.findLast(({ step }) => step < shownStep) ?? statistics[0];
  return (
    <>
      <p className={classes['hint']}>{t(latest === undefined ? 'statistics.empty' : 'statistics.hint')}</p>
      <ExportFrame
        heading={
          <div className={classes['choices']}>
            <QuantitySelect chosen={quantity.id} onChoose={setChosen} />
            <IntervalSelect />
          </div>
        }
        files={
          latest === undefined
            ? undefined
            : {
                label: t('statistics.savePlot', { quantity: quantityName }),
                fileName: `layers-${quantity.id.replace('/', '-')}`,
                picture: { heading: quantityName },
                table: () => statisticsTable(statistics, [quantity]),
              }
        }
      >
        {latest !== undefined && (
          <LayerHeatPlot
            grid={grid}
            quantity={quantity}
            marks={isEvidence ? heatMarks(evidence.diagnosis, grid) : []}
          />
        )}
      </ExportFrame>
      {latest !== undefined && (
        <>
          {isEvidence && (
            <p className={classes['marked']}>
              {t('statistics.marked', { title: text.part(evidence.diagnosis, 'title') })}
            </p>
          )}
          <LayerTable statistics={latest} />
        </>
      )}
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
