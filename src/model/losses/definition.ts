/** What a kind of loss is, but for how the engines compute it. */
import { describedBy, type Field, type Fields, type KindSchema, type SpecOf } from '@/model/kindFields';

export interface LossDefinition<Kind extends string, Settings> {
  readonly kind: Kind;
  /** Its form in PyTorch, of logits z and labels t; where the locales do not name the kind, it does. */
  readonly pytorch: string;
  /** At most lossParameters; kernels take them in this order. */
  readonly fields: { readonly [K in keyof Settings]: Field };
  readonly defaults: { readonly kind: Kind } & Settings;
  readonly schema: KindSchema<{ readonly kind: Kind } & Settings>;
  /** Whether it is -log p of the right digit: it starts at ln 10, and 0 is its end. */
  readonly isLogLoss: boolean;
  /** What an image of this label counts for: the loss of a batch is the sum of its images' over the sum of their weights. */
  readonly weight: (spec: { readonly kind: Kind } & Settings, label: number) => number;
  /** Loss of one image from its logits, times its weight, in float64. */
  readonly loss: (
    spec: { readonly kind: Kind } & Settings,
    logits: readonly number[],
    label: number,
  ) => number;
  /** d loss / d logits of one image, times its weight, in float64. */
  readonly gradient: (
    spec: { readonly kind: Kind } & Settings,
    logits: readonly number[],
    label: number,
  ) => readonly number[];
}

interface Parts<Spec, F extends Fields> {
  readonly pytorch: string;
  readonly fields: F;
  readonly isLogLoss: boolean;
  /** 1 where it is not given. */
  readonly weight?: (spec: Spec, label: number) => number;
  readonly loss: (spec: Spec, logits: readonly number[], label: number) => number;
  readonly gradient: (spec: Spec, logits: readonly number[], label: number) => readonly number[];
}

/** Gives a definition its types, its defaults and its schema. */
export function defineLoss<const Kind extends string, F extends Fields>(
  kind: Kind,
  parts: Parts<SpecOf<Kind, F>, F>,
) {
  return { weight: () => 1, ...parts, kind, ...describedBy(kind, parts.fields) };
}

export function logSoftmax(values: readonly number[]): number[] {
  const largest = Math.max(...values);
  const logSum = largest + Math.log(values.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  return values.map((value) => value - logSum);
}

export function softmax(values: readonly number[]): number[] {
  return logSoftmax(values).map(Math.exp);
}

/** d/dz of what has the gradient `gradient` at p = softmax(z). */
export function throughSoftmax(p: readonly number[], gradient: readonly number[]): number[] {
  const dot = p.reduce((sum, value, k) => sum + value * (gradient[k] ?? NaN), 0);
  return p.map((value, k) => value * ((gradient[k] ?? NaN) - dot));
}
