/** A report's results: the tests of its run, and its runs side by side. */
import { heading, paragraph, type ReportBlock } from '@/formats/labReport/blocks';
import type { ComparedRun, ReportData, ReportedRun } from '@/features/train/labReport/reportData';
import type { ReportTexts } from '@/features/train/labReport/reportTexts';
import { sameNetwork } from '@/model/networkSchema';
import type { EvaluationPoint } from '@/model/testFigures';

function best(tests: readonly EvaluationPoint[]): EvaluationPoint | undefined {
  return tests.reduce<EvaluationPoint | undefined>(
    (found, test) => (found === undefined || test.accuracy > found.accuracy ? test : found),
    undefined,
  );
}

function summary({ config, steps, tests }: ReportData, { t, format }: ReportTexts): string {
  const [last, highest] = [tests.at(-1), best(tests)];
  const common = { network: config.network.name, steps: format.integer(steps) };
  if (last === undefined || highest === undefined) return t('doc.summaryUntested', common);
  return t('doc.summary', {
    ...common,
    steps: format.integer(last.step),
    accuracy: format.percent(last.accuracy),
    best: format.percent(highest.accuracy),
    bestStep: format.integer(highest.step),
    images: format.integer(last.count),
  });
}

function testsTable({ tests }: ReportData, { t, format }: ReportTexts): ReportBlock {
  if (tests.length === 0) return paragraph(t('doc.noTests'));
  return {
    kind: 'table',
    caption: t('doc.tests', { images: format.integer(tests[0]?.count ?? 0) }),
    head: [t('doc.step'), t('doc.epoch'), t('doc.meanLoss'), t('doc.summedLoss'), t('doc.accuracy')],
    rows: tests.map(({ step, epoch, loss, sumOfBatchMeans, accuracy }) => [
      format.integer(step),
      format.plain(epoch),
      format.loss(loss),
      format.loss(sumOfBatchMeans),
      format.percent(accuracy),
    ]),
  };
}

/** The settings of `other` that are not this run's. */
function differences(data: ReportData, other: ComparedRun, { t, settings }: ReportTexts): string {
  const own = new Map(settings(data.config).map(({ key, value }) => [key, value]));
  const found = settings(other.config)
    .filter(({ key, value }) => own.get(key) !== value)
    .map(({ label, value }) => `${label}: ${value}`);
  const isSame = sameNetwork(data.config.network, other.config.network);
  const all =
    isSame || own.get('network') !== settings(other.config)[0]?.value
      ? found
      : [t('doc.otherNetwork'), ...found];
  return all.length === 0 ? t('doc.nothingDiffers') : all.join('; ');
}

function runsTable(data: ReportData, texts: ReportTexts): ReportBlock[] {
  const { t, format } = texts;
  if (data.others.length === 0) return [];
  const row = (name: string, run: ReportedRun, differs: string): string[] => [
    name,
    differs,
    format.integer(run.steps),
    format.percent(run.tests.at(-1)?.accuracy ?? NaN),
    format.percent(best(run.tests)?.accuracy ?? NaN),
    run.seconds === null ? '–' : format.duration(run.seconds),
  ];
  return [
    {
      kind: 'table',
      caption: t('doc.runs'),
      head: [
        t('doc.run'),
        t('doc.differs'),
        t('doc.steps'),
        t('doc.lastAccuracy'),
        t('doc.bestAccuracy'),
        t('doc.trainedFor'),
      ],
      rows: [
        row(t('doc.thisRun'), data, '–'),
        ...data.others.map((other) => row(other.name, other, differences(data, other, texts))),
      ],
    },
  ];
}

export function resultSections(data: ReportData, texts: ReportTexts): ReportBlock[] {
  return [
    heading(texts.t('doc.results')),
    paragraph(summary(data, texts)),
    testsTable(data, texts),
    ...runsTable(data, texts),
  ];
}
