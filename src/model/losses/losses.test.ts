// The definitions of losses against themselves.
import { describe, expect, it } from 'vitest';
import { specAt } from '@/model/testing/arbitrarySpecs';
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

  it('has no more settings than kernels have places for', () => {
    expect(Object.keys(losses[kind].fields).length).toBeLessThanOrEqual(lossParameters);
  });
});
