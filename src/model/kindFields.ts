/**
 * The settings of one kind of optimizer, loss, schedule or initialisation, described once: its type, its schema, its defaults, its
 * control and its place in a link all follow from these.
 */
import * as v from 'valibot';
import type { NumberRange } from '@/model/numberRange';

export type Unit = 'epochs' | 'images' | 'steps' | 'pixels' | 'degrees';

interface Described {
  /** PyTorch's name of the argument; shown where the locales have no label for the setting. */
  readonly argument: string;
  /** Another setting whose hint tells what this one is. */
  readonly hintOf?: string;
}
export interface NumberField extends Described, NumberRange {
  readonly default: number;
  readonly unit: Unit | null;
}
export interface BooleanField extends Described {
  readonly kind: 'boolean';
  readonly default: boolean;
}
export type Field = NumberField | BooleanField;
export type Fields = Readonly<Record<string, Field>>;

export type ValuesOf<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends BooleanField ? boolean : number;
};
/** One kind with its settings, as plain data. */
export type SpecOf<Kind extends string, F extends Fields> = { readonly kind: Kind } & ValuesOf<F>;

/** A schema of one kind, as v.variant takes it. */
export type KindSchema<Spec> = v.GenericSchema<unknown, Spec> &
  v.StrictObjectSchema<v.ObjectEntries & { readonly kind: v.GenericSchema }, undefined>;

type Description<F extends Field> = Omit<F, 'kind' | 'unit'> & { readonly unit?: Unit };

export function numberField(field: Description<NumberField>): NumberField {
  return { kind: 'number', unit: null, ...field };
}
export function integerField(field: Description<NumberField>): NumberField {
  return { kind: 'integer', unit: null, ...field };
}
export function booleanField(field: Omit<BooleanField, 'kind'>): BooleanField {
  return { kind: 'boolean', ...field };
}

/** A range such as those of betas and shares. */
export const share = { min: 0, max: 1, step: 0.05, scale: 'linear' } as const;

/** Object.keys with the names that the type has; for tables that are written down whole. */
export function keysOf<T extends object>(table: T): readonly (keyof T & string)[] {
  return Object.keys(table) as (keyof T & string)[];
}

function fieldSchema(field: Field): v.GenericSchema<number | boolean> {
  if (field.kind === 'boolean') return v.boolean();
  const { min, max } = field;
  const real = v.pipe(v.number(), v.minValue(min), v.maxValue(max));
  return field.kind === 'integer' ? v.pipe(real, v.integer()) : real;
}

/** What a kind's settings give: PyTorch's defaults, and the schema of the whole. */
export function describedBy<const Kind extends string, F extends Fields>(
  kind: Kind,
  fields: F,
): { readonly defaults: SpecOf<Kind, F>; readonly schema: KindSchema<SpecOf<Kind, F>> } {
  const entries = Object.entries(fields);
  const values = Object.fromEntries(entries.map(([key, field]) => [key, field.default]));
  const schemas = Object.fromEntries(entries.map(([key, field]) => [key, fieldSchema(field)]));
  // Object.fromEntries forgets the names, which the fields have.
  return {
    defaults: { kind, ...values } as SpecOf<Kind, F>,
    schema: v.strictObject({ kind: v.literal(kind), ...schemas }) as unknown as KindSchema<SpecOf<Kind, F>>,
  };
}

/** A table of definitions, each under its own kind. */
export function registry<T extends { readonly [K in keyof T]: { readonly kind: K } }>(table: T): T {
  return table;
}

/** The settings' values by kind, out of a registry. */
export type ValuesByKind<Table> = {
  readonly [K in keyof Table]: Table[K] extends { readonly defaults: infer Spec }
    ? Omit<Spec, 'kind'>
    : never;
};
/** All names of settings in a registry. */
export type FieldKeyOf<Table> = {
  readonly [K in keyof Table]: Table[K] extends { readonly fields: infer F } ? keyof F & string : never;
}[keyof Table];
