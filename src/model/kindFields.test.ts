// Every kind of every registry: its schema takes its defaults and its ranges and nothing else, and what it shares fits the others.
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { specAt } from '@/model/testing/arbitrarySpecs';
import { initialisations } from '@/model/initialisations';
import type { Field, Fields } from '@/model/kindFields';
import { losses } from '@/model/losses';
import { optimizers } from '@/model/optimizers';
import { schedules } from '@/model/schedules';

interface AnyKind {
  readonly kind: string;
  readonly fields: Fields;
  readonly defaults: object;
  readonly schema: v.GenericSchema;
}
const registries: Readonly<Record<string, Readonly<Record<string, AnyKind>>>> = {
  losses,
  optimizers,
  schedules,
  initialisations,
};
const kinds = Object.entries(registries).flatMap(([name, table]) =>
  Object.values(table).map((definition) => [`${name}: ${definition.kind}`, definition] as const),
);

describe.each(kinds)('%s', (_, { kind, fields, defaults, schema }) => {
  it('has defaults and settings that its schema takes', () => {
    expect(defaults).toMatchObject({ kind });
    for (let at = 0; at < 20; at += 1) expect(v.is(schema, specAt(defaults, fields, at))).toBe(true);
  });

  it('has a schema that takes nothing else', () => {
    expect(v.is(schema, { ...defaults, kind: 'another' })).toBe(false);
    expect(v.is(schema, { ...defaults, another: 1 })).toBe(false);
    for (const [key, field] of Object.entries(fields)) {
      const wrong = field.kind === 'boolean' ? [1] : [field.max + 1, field.min - 1, NaN, '1'];
      for (const value of wrong) expect(v.is(schema, { ...defaults, [key]: value })).toBe(false);
      expect(v.is(schema, { ...defaults, [key]: undefined })).toBe(false);
    }
  });
});

const rangeOf = (field: Field): unknown => {
  const { default: _, argument: _argument, hintOf: _hint, ...range } = field;
  return range;
};

it.each(Object.entries(registries))('%s share a setting only with one range', (_, table) => {
  const ranges = new Map<string, unknown>();
  for (const { fields } of Object.values(table))
    for (const [key, field] of Object.entries(fields)) {
      if (ranges.has(key)) expect(rangeOf(field), key).toEqual(ranges.get(key));
      ranges.set(key, rangeOf(field));
    }
});
