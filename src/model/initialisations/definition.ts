/** What a kind of initialisation is: how a layer's weight and bias are drawn. */
import { describedBy, type Field, type Fields, type KindSchema, type SpecOf } from '@/model/kindFields';
import { normal, uniform } from '@/model/random';

export type Drawn = Float32Array<ArrayBuffer>;

/** A tensor to be drawn. */
export interface DrawnTensor {
  readonly role: 'weight' | 'bias';
  /** PyTorch's: convolution OIHW, Linear [out, in]. */
  readonly shape: readonly number[];
  readonly count: number;
  /** The layer's, as torch.nn.init._calculate_fan_in_and_fan_out counts them. */
  readonly fanIn: number;
  readonly fanOut: number;
  /** Of the random numbers, one stream a tensor. */
  readonly key: number;
}

export interface InitialisationDefinition<Kind extends string, Settings> {
  readonly kind: Kind;
  /** Its form in PyTorch. */
  readonly pytorch: string;
  readonly fields: { readonly [K in keyof Settings]: Field };
  readonly defaults: { readonly kind: Kind } & Settings;
  readonly schema: KindSchema<{ readonly kind: Kind } & Settings>;
  /** PyTorch's distribution, in our own random numbers. */
  readonly draw: (spec: { readonly kind: Kind } & Settings, tensor: DrawnTensor) => Drawn;
  /** Operations beside the drawing of each number. */
  readonly work: (weight: Pick<DrawnTensor, 'shape' | 'count'>) => number;
}

interface Parts<Spec, F extends Fields> {
  readonly pytorch: string;
  readonly fields: F;
  readonly draw: (spec: Spec, tensor: DrawnTensor) => Drawn;
  /** None where it is not given. */
  readonly work?: (weight: Pick<DrawnTensor, 'shape' | 'count'>) => number;
}

/** Gives a definition its types, its defaults and its schema. */
export function defineInitialisation<const Kind extends string, F extends Fields>(
  kind: Kind,
  parts: Parts<SpecOf<Kind, F>, F>,
) {
  return { work: () => 0, ...parts, kind, ...describedBy(kind, parts.fields) };
}

export function zeros({ count }: DrawnTensor): Drawn {
  return new Float32Array(count);
}

/** Uniform in [-bound, bound]. */
export function uniformWithin(bound: number, { count, key }: DrawnTensor): Drawn {
  const data = new Float32Array(count);
  for (let i = 0; i < count; i += 1) data[i] = (2 * uniform(key, i) - 1) * bound;
  return data;
}

/** Normal around 0. */
export function normals(std: number, { count, key }: DrawnTensor): Drawn {
  const data = new Float32Array(count);
  for (let i = 0; i < count; i += 1) data[i] = std * normal(key, i);
  return data;
}
