/** A lab document as a short text for links. What comes back from a link is validated as anything from outside. */
import * as v from 'valibot';
import {
  convOperators,
  kernelChannels,
  limits,
  labStages,
  outputGradients,
  reportDocument,
  stepsOf,
  type LabDocument,
} from '@/features/convLab/convLabState';
import { exampleLab } from '@/session/labPath';
import {
  fromBase64Url,
  largestLinkValues,
  LinkError,
  Reader,
  toBase64Url,
  Writer,
} from '@/session/linkBytes';

const version = 2;
/** Versions so far above ours are damage, not the future. */
const latestVersion = 20;

/** The stages of version 1, which had neither groups nor what follows from them, nor a padding of the pooling. */
const firstStages = ['conv', 'relu', 'pool', 'gradient'] as const;

const whole = (min: number, max: number): v.GenericSchema<number> =>
  v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const value = v.pipe(v.number(), v.finite(), v.minValue(-limits.value), v.maxValue(limits.value));
const tensor = (shape: v.GenericSchema<[number, number, number, number]>) =>
  v.pipe(
    v.object({ shape, data: v.array(value) }),
    v.check(
      ({ shape, data }) => data.length === shape.reduce((product, size) => product * size, 1),
      'length',
    ),
  );

const documentSchema = v.pipe(
  v.object({
    input: tensor(
      v.tuple([whole(1, 1), whole(1, 64), whole(limits.size.min, 64), whole(limits.size.min, 64)]),
    ),
    kernel: tensor(v.tuple([whole(1, limits.filters.max), whole(1, 64), whole(1, 11), whole(1, 11)])),
    bias: v.array(value),
    settings: v.object({
      operator: v.picklist(convOperators),
      stride: whole(1, limits.stride.max),
      padding: v.union([v.literal('same'), whole(0, limits.padding.max)]),
      dilation: whole(1, limits.dilation.max),
      groups: whole(1, 64),
    }),
    pool: v.object({
      kernelSize: whole(2, limits.pool.max),
      stride: whole(1, limits.pool.max),
      padding: whole(0, limits.poolPadding.max),
      countIncludePad: v.boolean(),
    }),
    pointwise: tensor(
      v.tuple([whole(1, limits.filters.max), whole(1, limits.filters.max), whole(1, 1), whole(1, 1)]),
    ),
    stage: v.picklist(labStages),
    steps: v.object({
      conv: whole(0, 1e9),
      relu: whole(0, 1e9),
      pool: whole(0, 1e9),
      avgPool: whole(0, 1e9),
      pointwise: whole(0, 1e9),
      gradient: whole(0, 1e9),
    }),
    weight: v.object({ f: whole(0, 63), c: whole(0, 63), i: whole(0, 10), j: whole(0, 10) }),
    outputGradient: v.picklist(outputGradients),
  }),
  v.check(({ input, kernel, bias, weight, pointwise, settings }) => {
    const [filters, channels, rows, columns] = kernel.shape;
    const weightExists = weight.f < filters && weight.c < channels && weight.i < rows && weight.j < columns;
    const fits = channels === kernelChannels(input.shape[1], settings.groups);
    return fits && pointwise.shape[1] === filters && bias.length === filters && weightExists;
  }, 'shapes'),
);

/** The document as text; null when it is too large for a link. */
export function encodeDocument(document: LabDocument): string | null {
  const { input, kernel, bias, settings, pool, pointwise, steps, weight } = document;
  if (input.data.length + kernel.data.length > largestLinkValues) return null;
  const writer = new Writer();
  const numbers = [
    version,
    ...input.shape.slice(1),
    ...kernel.shape,
    convOperators.indexOf(settings.operator),
    settings.stride,
    settings.padding === 'same' ? 0 : settings.padding + 1,
    settings.dilation,
    settings.groups,
    pool.kernelSize,
    pool.stride,
    pool.padding,
    Number(pool.countIncludePad),
    pointwise.shape[0],
    labStages.indexOf(document.stage),
    ...labStages.map((stage) => steps[stage]),
    weight.f,
    weight.c,
    weight.i,
    weight.j,
    outputGradients.indexOf(document.outputGradient),
  ];
  for (const n of numbers) writer.number(n);
  for (const values of [input.data, kernel.data, bias, pointwise.data]) writer.values(values);
  return toBase64Url(writer.bytes);
}

const storageKey = 'digit-lab.lab';

/** The lab as this tab or the last visit left it, else the report's example. */
export function loadDocument(storage: Pick<Storage, 'getItem'>): LabDocument {
  const decoded = decodeDocument(storage.getItem(storageKey) ?? '');
  return decoded.ok ? decoded.document : reportDocument();
}

/** Keeps it for a reload and the next visit; not where it is too large, as what a network showed is. */
export function saveDocument(storage: Pick<Storage, 'setItem'>, document: LabDocument): void {
  const text = encodeDocument(document);
  if (text !== null) storage.setItem(storageKey, text);
}

/** Why a link's text gives no lab. */
export type LabLinkProblem =
  | { readonly code: 'cut_off' | 'damaged' | 'newer' }
  /** A value that the lab cannot have: its place in the document, such as settings.stride. */
  | { readonly code: 'out_of_range'; readonly place: string };

export type DecodedDocument =
  | { readonly ok: true; readonly document: LabDocument }
  | { readonly ok: false; readonly problem: LabLinkProblem };

/** What stands behind the version. */
function readDocument(reader: Reader, isFirst: boolean): unknown {
  const next = (): number => reader.number();
  const stages = isFirst ? firstStages : labStages;
  const inputShape = [1, next(), next(), next()];
  const kernelShape = [next(), next(), next(), next()];
  const settings = {
    operator: convOperators[next()],
    stride: next(),
    padding: isFirst ? next() : paddingOf(next()),
    dilation: next(),
    groups: isFirst ? 1 : next(),
  };
  const example = reportDocument();
  const pool = {
    kernelSize: next(),
    stride: next(),
    padding: isFirst ? example.pool.padding : next(),
    countIncludePad: isFirst ? example.pool.countIncludePad : next() === 1,
  };
  const pointwiseFilters = isFirst ? 1 : next();
  const stage = stages[next()];
  const steps = { ...stepsOf(() => 0), ...Object.fromEntries(stages.map((name) => [name, next()])) };
  const weight = { f: next(), c: next(), i: next(), j: next() };
  const outputGradient = outputGradients[next()];
  const input = { shape: inputShape, data: reader.values() };
  const kernel = { shape: kernelShape, data: reader.values() };
  const bias = reader.values();
  const filters = kernelShape[0] ?? 0;
  const pointwise = {
    shape: [pointwiseFilters, filters, 1, 1],
    data: isFirst ? bias.map(() => 1) : reader.values(),
  };
  return { input, kernel, bias, settings, pool, pointwise, stage, steps, weight, outputGradient };
}

const paddingOf = (code: number): number | 'same' => (code === 0 ? 'same' : code - 1);

/** The document of a link's text, or why there is none. Never throws. */
export function decodeDocument(text: string): DecodedDocument {
  const failed = (problem: LabLinkProblem): DecodedDocument => ({ ok: false, problem });
  if (text === exampleLab) return { ok: true, document: reportDocument() };
  try {
    const reader = new Reader(fromBase64Url(text));
    const given = reader.number();
    if (given < 1 || given > version)
      return failed({ code: given > version && given <= latestVersion ? 'newer' : 'damaged' });
    const parsed = v.safeParse(documentSchema, readDocument(reader, given === 1), { abortEarly: true });
    if (parsed.success) return { ok: true, document: parsed.output };
    const place = v.getDotPath(parsed.issues[0]);
    return failed(place === null ? { code: 'damaged' } : { code: 'out_of_range', place });
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return failed({ code: error.code });
  }
}
