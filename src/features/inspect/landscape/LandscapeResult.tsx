/** A surveyed landscape on the page and as a file: the picture, what its colours mean, and what is marked. */
import { useTranslation } from 'react-i18next';
import type { LossLandscape } from '@/model/lossLandscape';
import { niceTicks } from '@/ui/chart/chartScale';
import type { ExportFiles } from '@/ui/export/exportFiles';
import { useNumberFormat } from '@/ui/text/numberFormat';
import { usePalette } from '@/ui/theme/usePalette';
import { Plot } from '@/features/inspect/plot/Plot';
import {
  bestPlace,
  finiteValues,
  type LandscapeMeasure,
} from '@/features/inspect/landscape/landscapeContours';
import {
  LandscapePicture,
  LevelScale,
  Mark,
  type MarkKind,
} from '@/features/inspect/landscape/LandscapePicture';
import { LandscapeReader } from '@/features/inspect/landscape/LandscapeReader';
import classes from '@/features/inspect/landscape/landscape.module.css';

/** Of an exported picture. */
const fileSize = { width: 720, height: 640 } as const;

function Marks({
  landscape,
  measure,
}: {
  readonly landscape: LossLandscape;
  readonly measure: LandscapeMeasure;
}) {
  const { t } = useTranslation('inspectLandscape');
  const format = useNumberFormat();
  const { path, end, step } = landscape;
  const values = landscape[measure];
  const best = bestPlace(finiteValues(values), measure);
  const valueText = (value: number): string =>
    measure === 'loss' ? format.loss(value) : format.percent(value, 1);
  const marks: readonly (readonly [MarkKind, string])[] = [
    ...(path.length > 1
      ? ([['start', t('marks.start', { step: format.integer(path[0]?.step ?? 0) })]] as const)
      : []),
    ['end', t('marks.end', { step: format.integer(step), value: valueText(end[measure]) })],
    ['best', t('marks.best', { value: valueText(values[best] ?? Number.NaN) })],
  ];
  return (
    <ul className={classes['marks']}>
      {marks.map(([kind, text]) => (
        <li key={kind}>
          <svg width={20} height={20} aria-hidden="true">
            <Mark kind={kind} x={10} y={10} />
          </svg>
          {text}
        </li>
      ))}
    </ul>
  );
}

/** Axis titles, and the picture in words. */
function useLandscapeTexts() {
  const { t } = useTranslation('inspectLandscape');
  const format = useNumberFormat();
  return ({ explained, end, step, loss }: LossLandscape, measure: LandscapeMeasure) => {
    const axis = (which: 'x' | 'y', share: number | undefined): string =>
      share === undefined
        ? t(`axes.random.${which}`)
        : t(`axes.path.${which}`, { share: format.percent(share, 1) });
    const values = Array.from(loss).filter(Number.isFinite);
    return {
      xTitle: axis('x', explained?.[0]),
      yTitle: axis('y', explained?.[1]),
      scale: t(`scale.${measure}`),
      title: t('pictureTitle', { step: format.integer(step) }),
      summary: t('summary', {
        low: format.loss(Math.min(...values)),
        high: format.loss(Math.max(...values)),
        loss: format.loss(end.loss),
      }),
    };
  };
}

export function LandscapeResult({
  landscape,
  measure,
}: {
  readonly landscape: LossLandscape;
  readonly measure: LandscapeMeasure;
}) {
  const format = useNumberFormat();
  const palette = usePalette();
  const { xTitle, yTitle, scale, summary } = useLandscapeTexts()(landscape, measure);
  const picture = { landscape, measure, palette, xTitle, yTitle, format: format.tick, ticksOf: niceTicks };
  return (
    <div className={classes['result']}>
      <LandscapeReader {...picture} label={summary} />
      <div className={classes['aside']}>
        <div className={classes['scale']}>
          <Plot label={scale}>
            {(width) => (
              <LevelScale
                landscape={landscape}
                measure={measure}
                palette={palette}
                width={width}
                label={scale}
                format={measure === 'loss' ? format.loss : (value) => format.percent(value, 0)}
              />
            )}
          </Plot>
        </div>
        <Marks landscape={landscape} measure={measure} />
      </div>
    </div>
  );
}

/** What of it can be saved. */
export function useLandscapeFiles(
  landscape: LossLandscape | null,
  measure: LandscapeMeasure,
): ExportFiles | undefined {
  const { t } = useTranslation('inspectLandscape');
  const format = useNumberFormat();
  const palette = usePalette();
  const textsOf = useLandscapeTexts();
  if (landscape === null) return undefined;
  const { xTitle, yTitle, scale, title } = textsOf(landscape, measure);
  return {
    label: t('save'),
    fileName: `loss-landscape-${landscape.step}`,
    picture: (
      <svg xmlns="http://www.w3.org/2000/svg" width={fileSize.width} height={fileSize.height + 60}>
        <rect width="100%" height="100%" fill={palette.paper} />
        <LandscapePicture
          {...{ landscape, measure, palette, xTitle, yTitle, title, ...fileSize }}
          format={format.tick}
          ticksOf={niceTicks}
        />
        <g transform={`translate(56 ${fileSize.height})`}>
          <LevelScale
            {...{ landscape, measure, palette }}
            width={fileSize.width - 70}
            label={scale}
            format={measure === 'loss' ? format.loss : (value) => format.percent(value, 0)}
          />
        </g>
      </svg>
    ),
    table: () => ({
      header: ['x', 'y', 'loss', 'accuracy'],
      rows: Array.from(landscape.loss, (loss, i) => [
        landscape.x[i % landscape.x.length] ?? 0,
        landscape.y[Math.floor(i / landscape.x.length)] ?? 0,
        loss,
        landscape.accuracy[i] ?? Number.NaN,
      ]),
    }),
  };
}
