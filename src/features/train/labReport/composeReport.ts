/** A run as a lab report: its sections in order. */
import { heading, paragraph, type LabReport, type ReportBlock } from '@/formats/labReport/blocks';
import { moduleSource } from '@/formats/pytorch/moduleSource';
import { confusionSections } from '@/features/train/labReport/confusionSections';
import { curveSections } from '@/features/train/labReport/curveSections';
import type { ReportData } from '@/features/train/labReport/reportData';
import type { ReportTexts } from '@/features/train/labReport/reportTexts';
import { resultSections } from '@/features/train/labReport/resultSections';
import { dataOf, isMnist } from '@/model/dataSet';
import { layerCost } from '@/model/cost';
import { inferShapes, inputShape } from '@/model/shapes';
import { shownStep } from '@/features/train/useDiagnosisText';

/** What a person wrote; empty where nothing. */
export interface OwnWords {
  readonly name: string;
  readonly question: string;
  readonly conclusion: string;
}

function ownSection(title: string, text: string): ReportBlock[] {
  return text.trim() === '' ? [] : [heading(title), { kind: 'words', text: text.trim() }];
}

function setupSection(
  { config, backend }: ReportData,
  { t, format, settings, device }: ReportTexts,
): ReportBlock[] {
  return [
    heading(t('doc.setup')),
    paragraph(
      isMnist(dataOf(config))
        ? t('doc.data', { images: format.integer(config.trainingImages) })
        : t('doc.ownData', {
            name: dataOf(config).name,
            images: format.integer(config.trainingImages),
            tests: format.integer(dataOf(config).testImages),
            classes: dataOf(config).classNames.join(', '),
            checksum: dataOf(config).sha256,
          }),
    ),
    ...(backend === null
      ? []
      : [
          paragraph(
            t('doc.computedOn', {
              engine: t(`doc.engines.${backend.engine}`),
              device: device(backend.device),
            }),
          ),
        ]),
    {
      kind: 'table',
      caption: t('doc.settings'),
      head: [t('doc.setting'), t('doc.value')],
      rows: settings(config).map(({ label, value }) => [label, value]),
    },
  ];
}

function networkSection(
  { config }: ReportData,
  { t, format, layerDetail, shape }: ReportTexts,
): ReportBlock[] {
  const shapes = inferShapes(config.network, inputShape(config.input));
  const rows = shapes.map(({ layer, input, output }) => {
    const { parameters } = layerCost(layer, input, output);
    return { parameters, cells: [layer.name, layer.kind, layerDetail(layer), shape(output)] };
  });
  const total = rows.reduce((sum, { parameters }) => sum + parameters, 0);
  return [
    heading(t('doc.network')),
    {
      kind: 'table',
      caption: t('doc.layers'),
      head: [t('doc.layer'), t('doc.kind'), t('doc.does'), t('doc.gives'), t('doc.parameters')],
      rows: [
        ...rows.map(({ cells, parameters }) => [...cells, format.integer(parameters)]),
        [t('doc.total'), '', '', '', format.integer(total)],
      ],
    },
  ];
}

function codeSection({ config }: ReportData, { t }: ReportTexts): ReportBlock[] {
  const text = `from torch import nn\n\n\n${moduleSource(config.network).source}`;
  return [heading(t('doc.code')), paragraph(t('doc.codeText')), { kind: 'code', language: 'python', text }];
}

function doctorSection(
  { diagnoses }: ReportData,
  { t, format, diagnosis: text }: ReportTexts,
): ReportBlock[] {
  if (diagnoses.length === 0) return [heading(t('doc.doctor')), paragraph(t('doc.doctorNone'))];
  return [
    heading(t('doc.doctor')),
    ...diagnoses.flatMap((found) => [
      heading(
        `${text.part(found, 'title')} (${t('doc.since', { step: format.integer(shownStep(found)) })})`,
        3,
      ),
      paragraph(text.part(found, 'evidence')),
      paragraph((['why1', 'why2', 'why3'] as const).map((part) => text.part(found, part)).join(' ')),
      ...(found.fix === null ? [] : [paragraph(t('doc.advice', { fix: text.fix(found.fix) }))]),
    ]),
  ];
}

function againSection(data: ReportData, { t, device }: ReportTexts): ReportBlock[] {
  const { config, link, fileName, isRateChanged, backend } = data;
  return [
    heading(t('doc.again')),
    { kind: 'link', text: t('doc.link'), href: link },
    paragraph(t('doc.seed', { seed: String(config.seed) })),
    ...(fileName === null ? [] : [paragraph(t('doc.origin', { file: fileName }))]),
    ...(isRateChanged ? [paragraph(t('doc.rateChanged'))] : []),
    ...(backend === null
      ? []
      : [
          paragraph(
            `${t(`doc.bits.${backend.engine}`, { device: device(backend.device) })} ${t('doc.rounding')}`,
          ),
        ]),
  ];
}

/** when: of the report. */
export function composeReport(data: ReportData, own: OwnWords, texts: ReportTexts, when: Date): LabReport {
  const { t, language } = texts;
  const spec = dataOf(data.config);
  const network = data.config.network.name;
  const title = isMnist(spec) ? t('doc.title', { network }) : t('doc.titleOwn', { network, data: spec.name });
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'long' }).format(when);
  const name = own.name.trim();
  return {
    title,
    language,
    blocks: [
      heading(title, 1),
      paragraph(name === '' ? date : t('doc.by', { name, date })),
      ...ownSection(t('doc.question'), own.question),
      ...setupSection(data, texts),
      ...networkSection(data, texts),
      ...codeSection(data, texts),
      ...curveSections(data, texts),
      ...resultSections(data, texts),
      ...confusionSections(data, texts),
      ...doctorSection(data, texts),
      ...ownSection(t('doc.conclusion'), own.conclusion),
      ...againSection(data, texts),
    ],
  };
}
