// The definitions of losses against themselves: gradients are the slopes of the losses, and schemas take what the fields allow.
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { specAt } from '@/model/arbitrarySpecs';
import { keysOf, type Field } from '@/model/kindFields';
import { defaultLoss, exactGradient, exactLoss, lossKinds, lossParameters, losses } from '@/model/losses';
import { normal } from '@/model/random';

describe.each(lossKinds)('%s', (kind) => {
  it('has the slope of its loss as its gradient', () => {
    for (let at = 0; at < 20; at += 1) {
      const spec = specAt(defaultLoss(kind), losses[kind].fields, at);
      const logits = Array.from({ length: 10 }, (_, k) => (at % 2 === 0 ? 3 : 0.3) * normal(at, k));
      const label = at % 10;
      const step = 1e-4;
      exactGradient(spec, logits, label).forEach((slope, k) => {
        const moved = (by: number): number => exactLoss(spec, logits.with(k, (logits[k] ?? 0) + by), label);
        expect((moved(step) - moved(-step)) / (2 * step)).toBeCloseTo(slope, 6);
      });
    }
  });

  it('has a schema that takes its defaults and its ranges, and nothing else', () => {
    const { schema, defaults } = losses[kind];
    const fields: Readonly<Record<string, Field>> = losses[kind].fields;
    expect(keysOf(fields).length).toBeLessThanOrEqual(lossParameters);
    for (let at = 0; at < 20; at += 1)
      expect(v.is(schema, specAt(defaultLoss(kind), losses[kind].fields, at))).toBe(true);
    expect(v.is(schema, { ...defaults, other: 1 })).toBe(false);
    for (const [key, field] of Object.entries(fields)) {
      const wrong = field.kind === 'boolean' ? 1 : field.max + 1;
      expect(v.is(schema, { ...defaults, [key]: wrong })).toBe(false);
    }
  });
});
