/** A report's charts: the training loss and the tests, of all its runs together. */
import { heading, type ReportBlock, type ReportPicture } from '@/formats/labReport/blocks';
import { curveSvg, type SvgCurve } from '@/features/train/labReport/curveSvg';
import type { ReportData, ReportedRun } from '@/features/train/labReport/reportData';
import type { ReportTexts } from '@/features/train/labReport/reportTexts';
import type { EvaluationPoint } from '@/model/testFigures';

interface Named {
  readonly name: string;
  readonly run: ReportedRun;
}

function lossPicture(runs: readonly Named[], { t, format }: ReportTexts): ReportPicture {
  const [first] = runs;
  const points = first?.run.losses ?? [];
  const steps = points.map(({ step }) => step);
  const isAlone = runs.length === 1;
  const curves: SvgCurve[] = isAlone
    ? [
        { label: t('doc.smoothed'), steps, values: points.map(({ smoothed }) => smoothed) },
        { label: t('doc.everyBatch'), steps, values: points.map(({ value }) => value), opacity: 0.35 },
      ]
    : runs.map(({ name, run }) => ({
        label: name,
        steps: run.losses.map(({ step }) => step),
        values: run.losses.map(({ smoothed }) => smoothed),
      }));
  const title = isAlone ? t('doc.trainingLoss') : `${t('doc.trainingLoss')}, ${t('doc.smoothed')}`;
  return {
    kind: 'picture',
    name: 'training-loss',
    alt: t('doc.trainingLossAlt', {
      steps: format.integer(first?.run.steps ?? 0),
      loss: format.loss(points.at(-1)?.value ?? NaN),
    }),
    caption: title,
    content: {
      type: 'svg',
      text: curveSvg({
        title,
        xLabel: t('doc.step'),
        yLabel: t('doc.loss'),
        formatX: format.compact,
        formatY: format.plain,
        curves,
      }),
    },
  };
}

interface TestQuantity {
  readonly name: string;
  readonly title: string;
  readonly yLabel: string;
  readonly value: (point: EvaluationPoint) => number;
  readonly formatValue: (value: number) => string;
}

function testPicture(
  runs: readonly Named[],
  { name, title, yLabel, value, formatValue }: TestQuantity,
  { t, format }: ReportTexts,
): ReportPicture {
  const last = runs[0]?.run.tests.at(-1);
  return {
    kind: 'picture',
    name,
    alt: t('doc.testAlt', { value: last === undefined ? '–' : formatValue(value(last)) }),
    caption: title,
    content: {
      type: 'svg',
      text: curveSvg({
        title,
        xLabel: t('doc.step'),
        yLabel,
        formatX: format.compact,
        formatY: format.plain,
        curves: runs.map(({ name: label, run }) => ({
          label,
          steps: run.tests.map(({ step }) => step),
          values: run.tests.map(value),
          hasDots: true,
        })),
      }),
    },
  };
}

export function curveSections(data: ReportData, texts: ReportTexts): ReportBlock[] {
  const { t, format } = texts;
  if (data.losses.length === 0) return [];
  const runs: Named[] = [
    { name: t('doc.thisRun'), run: data },
    ...data.others.map((run) => ({ name: run.name, run })),
  ];
  const percent = (value: number): string => `${format.plain(value)}%`;
  return [
    heading(t('doc.curves')),
    lossPicture(runs, texts),
    ...(data.tests.length === 0
      ? []
      : [
          testPicture(
            runs,
            {
              name: 'test-accuracy',
              title: t('doc.testAccuracy'),
              yLabel: t('doc.accuracyPercent'),
              value: ({ accuracy }) => 100 * accuracy,
              formatValue: percent,
            },
            texts,
          ),
          testPicture(
            runs,
            {
              name: 'test-loss',
              title: t('doc.testLoss'),
              yLabel: t('doc.loss'),
              value: ({ loss }) => loss,
              formatValue: format.loss,
            },
            texts,
          ),
        ]),
  ];
}
