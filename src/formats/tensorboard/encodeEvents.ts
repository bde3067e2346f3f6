/** A run as an event file of TensorBoard: what was measured at every step, and the network as it stands. */
import { create, toBinary } from '@bufbuild/protobuf';
import type { BatchGradients, KeptWeights } from '@/formats/networkReadings';
import { metricsTable, type MetricsRow } from '@/formats/metrics/metricsTable';
import { confusions, digitPicture, filterPicture, type Picture } from '@/formats/pictures';
import { histogramOf } from '@/formats/tensorboard/histogram';
import { hparamValues, settingsOf, textValue, type SummaryValue } from '@/formats/tensorboard/hparams';
import { EventSchema } from '@/formats/tensorboard/tensorboard_pb';
import { encodeRecords } from '@/formats/tensorboard/tfRecord';
import { className, dataOf } from '@/model/dataSet';
import { flattenLayers } from '@/model/layers';
import type { StepStatistics } from '@/model/layerStatistics';
import type { RunConfig } from '@/model/runConfig';
import type { RunHistory } from '@/model/runHistory';
import type { StateDict } from '@/model/tensor';
import type { TestClasses } from '@/model/testFigures';

export interface EventSource {
  readonly config: RunConfig;
  readonly link: string;
  readonly run: RunHistory;
  readonly parameters: StateDict;
  readonly gradients: BatchGradients | null;
  readonly predictions: TestClasses;
  readonly kept: KeptWeights;
}

interface Moment {
  readonly step: number;
  /** Seconds since 1970. */
  readonly wallTime: number;
}

const eventBytes = ({ step, wallTime }: Moment, value: readonly SummaryValue[]): Uint8Array =>
  toBinary(
    EventSchema,
    create(EventSchema, {
      step: BigInt(step),
      wallTime,
      what: { case: 'summary', value: { value: [...value] } },
    }),
  );

const scalar = (tag: string, value: number): SummaryValue => ({
  tag,
  value: { case: 'simpleValue', value },
});

/** The report's spelling, and the right one. */
const reportAccuracy = 'test_accurary';
const resultTags = ['test_accuracy', 'test_loss'];

function rowScalars({ values }: MetricsRow): SummaryValue[] {
  const found = Object.entries(values).map(([tag, value]) => scalar(tag, value));
  const { test_accuracy: accuracy } = values;
  return accuracy === undefined ? found : [...found, scalar(reportAccuracy, accuracy)];
}

function layerScalars({ layers }: StepStatistics): SummaryValue[] {
  return layers.flatMap(({ name, weight, gradient, input, updateRatio, deadShare }) => [
    scalar(`weight_std/${name}`, weight.std),
    scalar(`gradient_std/${name}`, gradient.std),
    scalar(`gradient_max/${name}`, gradient.maxAbs),
    scalar(`input_std/${name}`, input.std),
    scalar(`update_ratio/${name}`, updateRatio),
    scalar(`dead_share/${name}`, deadShare),
  ]);
}

function histograms(folder: string, tensors: StateDict): SummaryValue[] {
  return [...tensors].flatMap(([key, tensor]): SummaryValue[] => {
    const value = tensor.dtype === 'F32' ? histogramOf(tensor.data) : null;
    return value === null ? [] : [{ tag: `${folder}/${key}`, value: { case: 'histo', value } }];
  });
}

/** Histograms of earlier steps. */
const mostKept = 20;

/** At most so many of the steps, evenly, before `end`. */
function someSteps(steps: readonly number[], end: number): number[] {
  const before = steps.filter((step) => step < end);
  const every = Math.ceil(before.length / mostKept);
  return before.filter((_, i) => i % every === 0);
}

async function keptHistograms(
  { kept, run }: EventSource,
  timeAt: (step: number) => number,
): Promise<Uint8Array[]> {
  const events: Uint8Array[] = [];
  for (const step of someSteps(await kept.steps(), run.step)) {
    // oxlint-disable-next-line no-await-in-loop -- one in memory at a time
    const parameters = await kept.parameters(step);
    if (parameters !== null)
      events.push(eventBytes({ step, wallTime: timeAt(step) }, histograms('weights', parameters)));
  }
  return events;
}

function image(tag: string, { width, height, png }: Picture): SummaryValue {
  return { tag, value: { case: 'image', value: { width, height, colorspace: 1, encodedImageString: png } } };
}

function filterImages({ network }: RunConfig, parameters: StateDict): SummaryValue[] {
  return flattenLayers(network.layers).flatMap((layer) => {
    const weight = layer.kind === 'Conv2d' ? parameters.get(`${layer.name}.weight`) : undefined;
    return layer.kind === 'Conv2d' && weight?.dtype === 'F32'
      ? [image(`filters/${layer.name}`, filterPicture(layer, weight.data))]
      : [];
  });
}

/** Pairs of classes, and of each as many images. */
const most = { pairs: 20, images: 32 };

function misreadImages(predictions: TestClasses, config: RunConfig): SummaryValue[] {
  const data = dataOf(config);
  // A slash would begin a group of its own.
  const nameOf = (output: number): string => className(data, output).replaceAll('/', '-');
  return confusions(predictions)
    .slice(0, most.pairs)
    .map(({ label, prediction, indices }) =>
      image(
        `misread/${nameOf(label)}_read_as_${nameOf(prediction)}`,
        digitPicture(indices.slice(0, most.images), predictions.images, 16),
      ),
    );
}

/** What the file holds besides curves, so that nobody takes it for more. */
function contents({ run, gradients, predictions }: EventSource): string {
  return [
    `- weights: all parameters and buffers after step ${run.step}, and after up to ${mostKept} earlier steps of which the browser kept them`,
    gradients === null
      ? '- gradients: none, since no training image was there'
      : `- gradients: of one batch, the first ${gradients.count} training images, in training mode with the weights after step ${run.step}; over the steps there are their standard deviation and largest size by layer (gradient_std, gradient_max)`,
    `- misread: of ${predictions.labels.length} test images, the ${most.pairs} most frequent mistakes with up to ${most.images} images each`,
    '- filters: up to 32 of each convolution with up to 16 input channels; 0 is middle grey',
  ].join('\n');
}

const markdownTable = (rows: readonly (readonly [string, unknown])[]): string =>
  ['| setting | value |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${String(value)} |`)].join(
    '\n',
  );

/** @throws RangeError where there is nothing to tell of */
export async function encodeEvents(source: EventSource): Promise<Uint8Array<ArrayBuffer>> {
  const { config, link, run, parameters, gradients, predictions } = source;
  const rows = metricsTable(run);
  const end = (run.times.at(-1) ?? Date.now()) / 1000;
  const start = (run.times[0] ?? Date.now()) / 1000;
  const times = new Map(rows.map(({ step, time }) => [step, time / 1000]));
  const timeAt = (step: number): number => times.get(step) ?? (step === 0 ? start : end);
  const begin: Moment = { step: 0, wallTime: start };
  const now: Moment = { step: run.step, wallTime: end };
  const version = create(EventSchema, {
    wallTime: start,
    what: { case: 'fileVersion', value: 'brain.Event:2' },
  });
  return encodeRecords([
    toBinary(EventSchema, version),
    eventBytes(begin, [
      ...hparamValues(config, resultTags, { start, end }),
      textValue('settings', `[${link}](${link})\n\n${markdownTable(settingsOf(config))}`),
      textValue('network', `\`\`\`json\n${JSON.stringify(config.network, null, 1)}\n\`\`\``),
      textValue('contents', contents(source)),
    ]),
    ...rows.map((row) => eventBytes({ step: row.step, wallTime: row.time / 1000 }, rowScalars(row))),
    ...run.statistics.map((statistics) => {
      const step = statistics.step + 1;
      return eventBytes({ step, wallTime: timeAt(step) }, layerScalars(statistics));
    }),
    ...(await keptHistograms(source, timeAt)),
    eventBytes(now, histograms('weights', parameters)),
    ...(gradients === null ? [] : [eventBytes(now, histograms('gradients', gradients.gradients))]),
    ...filterImages(config, parameters).map((value) => eventBytes(now, [value])),
    ...misreadImages(predictions, config).map((value) => eventBytes(now, [value])),
  ]);
}
