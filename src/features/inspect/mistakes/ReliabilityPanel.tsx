/** Whether the network is as often right as it is sure: accuracy over confidence, bin by bin, with the expected calibration error. */
import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Calibration, calibrationOf } from '@/model/calibration';
import type { TestPredictions } from '@/model/testFigures';
import type { Axis } from '@/ui/chart/chartScale';
import { Panel } from '@/ui/layout/Panel';
import { Stat, StatList } from '@/ui/layout/Stat';
import { cellColors, type Palette } from '@/ui/theme/palette';
import { usePalette } from '@/ui/theme/usePalette';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { Plot } from '@/features/inspect/plot/Plot';
import { PlotPicture } from '@/features/inspect/plot/PlotPicture';
import classes from '@/features/inspect/mistakes/mistakes.module.css';

const binCounts = [10, 15, 20] as const;
const height = 320;
const exportWidth = 560;

interface PictureProps {
  readonly calibration: Calibration;
  readonly palette: Palette;
  readonly width: number;
  readonly x: Axis;
  readonly y: Axis;
  readonly title?: string;
}

/** A bar for each bin: the gap between its accuracy, which a line marks, and its mean confidence has the other colour. */
function ReliabilityPicture({ calibration, title, ...props }: PictureProps) {
  const { palette } = props;
  const [bar, gap] = [cellColors(palette, 1, 1.5).fill, cellColors(palette, -1, 1.5).fill];
  return (
    <PlotPicture {...props} height={height} {...(title === undefined ? {} : { title })}>
      {({ x, y }) => (
        <>
          {calibration.bins.map(({ low, high, accuracy, confidence, count }) => {
            if (accuracy === null || confidence === null) return null;
            const lower = Math.min(accuracy, confidence);
            const [left, width] = [x(low) + 1, x(high) - x(low) - 2];
            return (
              <g key={low} data-count={count}>
                <rect x={left} y={y(lower)} width={width} height={y(0) - y(lower)} fill={bar} />
                <rect
                  x={left}
                  y={y(Math.max(accuracy, confidence))}
                  width={width}
                  height={Math.abs(y(accuracy) - y(confidence))}
                  fill={gap}
                />
                <line
                  x1={left}
                  x2={left + width}
                  y1={y(accuracy)}
                  y2={y(accuracy)}
                  stroke={palette.ink}
                  strokeWidth={2}
                />
              </g>
            );
          })}
          <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} stroke={palette.muted} strokeDasharray="4 4" />
        </>
      )}
    </PlotPicture>
  );
}

export function ReliabilityPanel({ read }: { readonly read: TestPredictions }) {
  const { t } = useTranslation('inspectMistakes');
  const format = useNumberFormat();
  const palette = usePalette();
  const [count, setCount] = useState<string>('15');
  const calibration = useMemo(() => calibrationOf(read, Number(count)), [read, count]);
  const { expectedError, maximumError, notNumbers, bins } = calibration;
  const share = (value: number | null): string | null => (value === null ? null : format.percent(value));
  const axis = (title: string): Axis => ({
    title,
    low: 0,
    high: 1,
    ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
    format: (value) => format.percent(value, 0),
  });
  const axes = { x: axis(t('reliability.confidence')), y: axis(t('reliability.accuracy')) };
  return (
    <Panel
      title={t('reliability.title')}
      hint={t('reliability.hint')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('reliability.bins')}
          value={count}
          onChange={setCount}
          data={binCounts.map((bin) => ({
            value: String(bin),
            label: t('reliability.binCount', { count: bin }),
          }))}
        />
      }
      files={{
        label: t('reliability.save'),
        fileName: 'reliability',
        picture: (
          <ReliabilityPicture
            calibration={calibration}
            palette={palette}
            width={exportWidth}
            title={t('reliability.pictureTitle', { error: share(expectedError) ?? '–' })}
            {...axes}
          />
        ),
        table: () => ({
          header: ['low', 'high', 'images', 'accuracy', 'confidence'],
          rows: bins.map(({ low, high, count: images, accuracy, confidence }) => [
            low,
            high,
            images,
            accuracy ?? NaN,
            confidence ?? NaN,
          ]),
        }),
      }}
    >
      <StatList>
        <Stat label={t('reliability.expected')} value={share(expectedError)} testId="ece" />
        <Stat label={t('reliability.maximum')} value={share(maximumError)} />
      </StatList>
      {notNumbers > 0 && (
        <p className={classes['note']}>
          {t('reliability.notNumbers', { count: notNumbers, images: format.integer(notNumbers) })}
        </p>
      )}
      <Plot
        mostWidth={640}
        label={t('reliability.summary', { error: share(expectedError) ?? '–' })}
        testId="reliability"
      >
        {(width) => (
          <ReliabilityPicture calibration={calibration} palette={palette} width={width} {...axes} />
        )}
      </Plot>
      <p className={classes['note']}>{t('reliability.legend')}</p>
    </Panel>
  );
}
