/** The numbers of the kinds with their ranges: a kind's schema and its editor fields are both made from them. */
import * as v from 'valibot';
import type { LayerField } from '@/model/layers/definition';

export interface Range {
  readonly min: number;
  readonly max: number;
}

// Generous for MNIST, and small enough that sizes stay exact integers and no link can ask for terabytes.
const channels = { min: 1, max: 4096 };
const features = { min: 1, max: 1_048_576 };

export function integerField<Key extends string>(key: Key, range: Range, isDerived = false): LayerField<Key> {
  return { key, kind: 'integer', ...range, step: 1, scale: 'linear', isDerived };
}

export function realField<Key extends string>(
  key: Key,
  range: Range,
  keys: Pick<LayerField, 'step' | 'scale'>,
): LayerField<Key> {
  return { key, kind: 'number', ...range, ...keys, isDerived: false };
}

/** A channel count, such as `outChannels`. */
export function channelField<Key extends string>(key: Key, isDerived = false): LayerField<Key> {
  return integerField(key, channels, isDerived);
}

/** A number of values, such as `outFeatures`. */
export function featureField<Key extends string>(key: Key, isDerived = false): LayerField<Key> {
  return integerField(key, features, isDerived);
}

/** Square windows: height = width. */
export const windowFields = {
  kernelSize: integerField('kernelSize', { min: 1, max: 64 }),
  stride: integerField('stride', { min: 1, max: 64 }),
  padding: integerField('padding', { min: 0, max: 32 }),
};

/** How far the taps of a window lie apart. */
export const dilationField = { ...integerField('dilation', { min: 1, max: 32 }), usual: 1 };

/** Groups that channels are split into, each convolved for itself. */
export const groupsField = { ...integerField('groups', channels), usual: 1 };

/** At p = 1 the survivors' factor 1 / (1 - p) is infinite. */
export const dropoutField = realField('p', { min: 0, max: 0.99 }, { step: 0.05, scale: 'linear' });

/** What a field takes from outside. */
export function fieldSchema({ kind, min, max }: LayerField): v.GenericSchema<number> {
  const real = v.pipe(v.number(), v.minValue(min), v.maxValue(max));
  return kind === 'integer' ? v.pipe(real, v.integer()) : real;
}

export const windowSchemas = {
  kernelSize: fieldSchema(windowFields.kernelSize),
  stride: fieldSchema(windowFields.stride),
  padding: fieldSchema(windowFields.padding),
};

/** Whether a name fits its network is another question, see layerNames.ts. */
export const nameSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
