/** A lab document as a short text for links. What comes back from a link is validated as anything from outside. */
import * as v from 'valibot';
import {
  convOperators,
  limits,
  labStages,
  outputGradients,
  reportDocument,
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

const version = 1;
/** Versions so far above ours are damage, not the future. */
const latestVersion = 20;

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
      padding: whole(0, limits.padding.max),
      dilation: whole(1, limits.dilation.max),
    }),
    pool: v.object({ kernelSize: whole(2, limits.pool.max), stride: whole(1, limits.pool.max) }),
    stage: v.picklist(labStages),
    steps: v.object({
      conv: whole(0, 1e9),
      relu: whole(0, 1e9),
      pool: whole(0, 1e9),
      gradient: whole(0, 1e9),
    }),
    weight: v.object({ f: whole(0, 63), c: whole(0, 63), i: whole(0, 10), j: whole(0, 10) }),
    outputGradient: v.picklist(outputGradients),
  }),
  v.check(({ input, kernel, bias, weight }) => {
    const [filters, channels, rows, columns] = kernel.shape;
    const weightExists = weight.f < filters && weight.c < channels && weight.i < rows && weight.j < columns;
    return channels === input.shape[1] && bias.length === filters && weightExists;
  }, 'shapes'),
);

/** The document as text; null when it is too large for a link. */
export function encodeDocument(document: LabDocument): string | null {
  const { input, kernel, bias, settings, pool, steps, weight } = document;
  if (input.data.length + kernel.data.length > largestLinkValues) return null;
  const writer = new Writer();
  const numbers = [
    version,
    ...input.shape.slice(1),
    ...kernel.shape,
    convOperators.indexOf(settings.operator),
    settings.stride,
    settings.padding,
    settings.dilation,
    pool.kernelSize,
    pool.stride,
    labStages.indexOf(document.stage),
    ...labStages.map((stage) => steps[stage]),
    weight.f,
    weight.c,
    weight.i,
    weight.j,
    outputGradients.indexOf(document.outputGradient),
  ];
  for (const n of numbers) writer.number(n);
  for (const values of [input.data, kernel.data, bias]) writer.values(values);
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
function readDocument(reader: Reader): unknown {
  const next = (): number => reader.number();
  const inputShape = [1, next(), next(), next()];
  const kernelShape = [next(), next(), next(), next()];
  const settings = {
    operator: convOperators[next()],
    stride: next(),
    padding: next(),
    dilation: next(),
  };
  const pool = { kernelSize: next(), stride: next() };
  const stage = labStages[next()];
  const steps = Object.fromEntries(labStages.map((name) => [name, next()]));
  const weight = { f: next(), c: next(), i: next(), j: next() };
  const outputGradient = outputGradients[next()];
  const input = { shape: inputShape, data: reader.values() };
  const kernel = { shape: kernelShape, data: reader.values() };
  return { input, kernel, bias: reader.values(), settings, pool, stage, steps, weight, outputGradient };
}

/** The document of a link's text, or why there is none. Never throws. */
export function decodeDocument(text: string): DecodedDocument {
  const failed = (problem: LabLinkProblem): DecodedDocument => ({ ok: false, problem });
  if (text === exampleLab) return { ok: true, document: reportDocument() };
  try {
    const reader = new Reader(fromBase64Url(text));
    const given = reader.number();
    if (given !== version)
      return failed({ code: given > version && given <= latestVersion ? 'newer' : 'damaged' });
    const parsed = v.safeParse(documentSchema, readDocument(reader), { abortEarly: true });
    if (parsed.success) return { ok: true, document: parsed.output };
    const place = v.getDotPath(parsed.issues[0]);
    return failed(place === null ? { code: 'damaged' } : { code: 'out_of_range', place });
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return failed({ code: error.code });
  }
}
