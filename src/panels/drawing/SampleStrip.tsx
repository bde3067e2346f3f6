/** Test digits with the network's current reading; wrong ones carry a cross, a frame and the wrong answer. */
import { Button, SegmentedControl } from '@mantine/core';
import { memo, useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DrawingSample } from '@/session/drawing';
import { Icon } from '@/ui/icons/icons';
import { Panel } from '@/ui/layout/Panel';
import { PixelGrid } from '@/panels/drawing/PixelGrid';
import { useClassName } from '@/panels/data/useShownData';
import type { Reading } from '@/panels/drawing/readings';
import { usePrediction } from '@/panels/drawing/usePrediction';
import { type SampleFilter, type Samples, useSamples } from '@/panels/drawing/useSamples';
import classes from '@/panels/drawing/SampleStrip.module.css';

interface TileProps {
  readonly sample: DrawingSample;
  /** Null before the first answer. */
  readonly reading: Reading | null;
  readonly onPick: (sample: DrawingSample) => void;
}

function useTileText({ index, label }: DrawingSample, reading: Reading | null): string {
  const { t } = useTranslation('train');
  const nameOf = useClassName();
  const image = { index: String(index), label: nameOf(label) };
  if (reading === null) return t('samples.pending', image);
  if (reading === 'not_numbers') return t('samples.unread', image);
  const text = reading === label ? 'samples.right' : 'samples.wrongOne';
  return t(text, { ...image, prediction: nameOf(reading) });
}

const Tile = memo(function Tile({ sample, reading, onPick }: TileProps) {
  const isWrong = reading !== null && reading !== sample.label;
  const nameOf = useClassName();
  const text = useTileText(sample, reading);
  return (
    <li>
      <button
        type="button"
        className={classes['tile']}
        data-wrong={isWrong}
        aria-label={text}
        title={text}
        onClick={() => onPick(sample)}
      >
        <PixelGrid pixels={sample.pixels} label="" />
        <span className={classes['answer']} aria-hidden="true">
          {isWrong && <Icon name="cross" size={11} />}
          <span className={classes['answerName']}>
            {reading === 'not_numbers' ? 'NaN' : reading === null ? '·' : nameOf(reading)}
          </span>
        </span>
      </button>
    </li>
  );
});

/** How many are right, or that the network reads none of them. */
function Score({
  items,
  readings,
}: {
  readonly items: Samples['items'];
  readonly readings: readonly Reading[];
}) {
  const { t } = useTranslation('train');
  const right = items.filter(({ label }, i) => readings[i] === label).length;
  return (
    <span className={classes['score']}>
      {readings.includes('not_numbers')
        ? t('samples.notNumbers')
        : t('samples.score', { right, count: items.length })}
    </span>
  );
}

function useEmptyText(samples: Samples | null, filter: SampleFilter): string | null {
  const { t } = useTranslation('train');
  if (samples === null) return t(filter === 'wrong' ? 'samples.searching' : 'samples.waiting');
  return samples.items.length === 0 ? t('samples.noneWrong', { count: samples.searched }) : null;
}

export interface SampleStripProps {
  readonly title: string;
  readonly onPick: (sample: DrawingSample) => void;
  readonly count?: number;
}

export function SampleStrip({ title, onPick, count = 30 }: SampleStripProps) {
  const { t } = useTranslation('train');
  const [filter, setFilter] = useState<SampleFilter>('all');
  const [page, setPage] = useState(0);
  const found = useSamples(filter, page, count);
  const given = usePrediction(found === null || found.items.length === 0 ? null : found.images, 1200);
  // Thirty tiles are long work for one go; what the user does, and a chart, go before.
  const samples = useDeferredValue(found);
  const answer = useDeferredValue(given);
  // An answer may still be that of other samples.
  const readings =
    answer !== null && answer.readings.length === samples?.items.length ? answer.readings : null;
  const empty = useEmptyText(samples, filter);

  return (
    <Panel
      title={title}
      hint={t('samples.hint')}
      files={
        samples === null
          ? undefined
          : {
              label: t('samples.save'),
              fileName: 'test-images',
              picture: { heading: title },
              table: () => ({
                header: ['index', 'label', 'reading'],
                rows: samples.items.map(({ index, label }, i) => [
                  index ?? NaN,
                  label ?? NaN,
                  readings?.[i] ?? '',
                ]),
              }),
            }
      }
      actions={
        <>
          {filter === 'all' && samples !== null && readings !== null && (
            <Score items={samples.items} readings={readings} />
          )}
          <SegmentedControl
            size="xs"
            aria-label={t('samples.filter')}
            value={filter}
            onChange={(value) => {
              setFilter(value);
              setPage(0);
            }}
            data={[
              { value: 'all' as const, label: t('samples.all') },
              { value: 'wrong' as const, label: t('samples.wrong') },
            ]}
          />
          <Button
            size="xs"
            variant="default"
            leftSection={<Icon name="shuffle" size={14} />}
            onClick={() => setPage(page + 1)}
          >
            {t('samples.other')}
          </Button>
        </>
      }
    >
      {empty !== null || samples === null ? (
        <p className={classes['empty']}>{empty}</p>
      ) : (
        <ul className={classes['strip']}>
          {samples.items.map((sample, i) => (
            <Tile key={sample.index} sample={sample} reading={readings?.[i] ?? null} onPick={onPick} />
          ))}
        </ul>
      )}
    </Panel>
  );
}
