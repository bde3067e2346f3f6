/** Test digits with the network's current reading; wrong ones carry a cross, a frame and the wrong answer. */
import { Button, SegmentedControl } from '@mantine/core';
import { memo, useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DrawingSample } from '@/store/drawing';
import { Icon } from '@/views/ui/icons';
import { Panel } from '@/views/ui/Panel';
import { PixelGrid } from '@/views/ui/PixelGrid';
import { argmax } from '@/views/ui/PredictionBars';
import { usePrediction } from '@/views/ui/usePrediction';
import { type SampleFilter, type Samples, useSamples } from '@/views/ui/useSamples';
import classes from '@/views/ui/SampleStrip.module.css';

interface TileProps {
  readonly sample: DrawingSample;
  readonly prediction: number | null;
  readonly onPick: (sample: DrawingSample) => void;
}

const Tile = memo(function Tile({ sample, prediction, onPick }: TileProps) {
  const { t } = useTranslation('train');
  const isWrong = prediction !== null && prediction !== sample.label;
  const index = String(sample.index);
  const label = String(sample.label);
  const text =
    prediction === null
      ? t('samples.pending', { index, label })
      : t(isWrong ? 'samples.wrongOne' : 'samples.right', { index, label, prediction: String(prediction) });
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
          {prediction ?? '·'}
        </span>
      </button>
    </li>
  );
});

/** Class read for each sample; all null before the first answer, and while an answer is of other samples. */
function readings(samples: Samples, probabilities: Float32Array | undefined): (number | null)[] {
  const fits = probabilities?.length === samples.items.length * 10;
  return samples.items.map((_, i) =>
    fits && probabilities !== undefined ? argmax(probabilities.subarray(i * 10, i * 10 + 10)) : null,
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
  const read = samples === null ? [] : readings(samples, answer?.probabilities);
  const empty = useEmptyText(samples, filter);
  const right = read.filter((prediction, i) => prediction === samples?.items[i]?.label).length;

  return (
    <Panel
      title={title}
      hint={t('samples.hint')}
      actions={
        <>
          {filter === 'all' && read.some((prediction) => prediction !== null) && (
            <span className={classes['score']}>{t('samples.score', { right, count: read.length })}</span>
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
            <Tile key={sample.index} sample={sample} prediction={read[i] ?? null} onPick={onPick} />
          ))}
        </ul>
      )}
    </Panel>
  );
}
