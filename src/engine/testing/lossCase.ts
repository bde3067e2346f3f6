/** Test equipment: every loss of the registry on an engine against its definition in float64. */
import type { Engine } from '@/engine/engine';
import { biased, biasOnly, configOf } from '@/engine/testing/nonFiniteCases';
import { specAt } from '@/model/testing/arbitrarySpecs';
import { defaultLoss, exactGradient, exactLoss, losses, weightOf, type LossKind } from '@/model/losses';
import { normal, randomBits } from '@/model/random';

/** Settings that are tried of a kind that has some, and rows of logits for each. */
const mostSettings = 4;
const rows = 8;
const spreads = [0.1, 3, 60];

/**
 * Largest error of loss and gradient over random settings and logits, relative to values of at least 1. The logits are exact: the
 * network shows its bias.
 */
export async function worstLossError(engine: Engine, kind: LossKind): Promise<number> {
  let worst = 0;
  const settings = Object.keys(losses[kind].fields).length === 0 ? 1 : mostSettings;
  for (let at = 0; at < settings; at += 1) {
    const spec = specAt(defaultLoss(kind), losses[kind].fields, at);
    await engine.compile(configOf(biasOnly, kind, { loss: spec }));
    for (let row = 0; row < rows; row += 1) {
      const key = 100 * at + row;
      const spread = spreads[row % spreads.length] ?? 1;
      const logits = Array.from({ length: 10 }, (_, k) => Math.fround(spread * normal(key, k)));
      // One logits for all images, which the network's bias is; classes with weights are told apart in one batch.
      const labels = Uint8Array.from(
        { length: row % 4 === 0 ? 1 : 5 },
        (_, n) => randomBits(key, 10 + n) % 10,
      );
      const weight = weightOf(spec, labels);
      if (weight === 0) continue;
      await engine.writeParameters(biased(logits));
      const found = await engine.inspectBatch(new Uint8Array(labels.length * 784), labels);
      const gradient = found.gradients.get('fc.bias')?.data ?? [];
      const each = Array.from(labels, (label) => [
        exactLoss(spec, logits, label),
        ...exactGradient(spec, logits, label),
      ]);
      const expected = Array.from(
        { length: 11 },
        (_, i) => each.reduce((sum, values) => sum + (values[i] ?? NaN), 0) / weight,
      );
      [found.loss, ...Array.from(gradient, Number)].forEach((value, i) => {
        const reference = expected[i] ?? NaN;
        const error = Math.abs(value - reference) / Math.max(1, Math.abs(reference));
        if (!(error <= worst)) worst = error;
      });
    }
  }
  return worst;
}
