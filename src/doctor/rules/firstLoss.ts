/** A fresh network knows nothing: its cross entropy is ln 10. A much larger one says that the logits are large from the start. */
import { initialisedWeights, normalizedInput } from '@/doctor/fixes';
import type { Fix } from '@/doctor/finding';
import { chanceLoss, isLogLoss } from '@/doctor/measures';
import { defineRule } from '@/doctor/rule';
import type { RunRecord } from '@/doctor/runRecord';
import { over } from '@/model/formula';

/** The six networks start within 0.4 of ln 10. */
const tolerance = 1;
/** Pixels are 0 to 1, normalised ones within a few units. */
const largestInput = 10;

/** Large inputs, or weights that make them large. */
function remedy({ config, statistics }: RunRecord): Fix | null {
  const input = statistics[0]?.layers[0]?.input;
  if (input === undefined) return null;
  return input.maxAbs > largestInput ? normalizedInput(config) : initialisedWeights(config);
}

export const firstLoss = defineRule({
  formula: ['L', '=', '−', 'ln', over('1', '10'), '=', 'ln', '10', '≈', '2.303'],
  figures: { loss: 'loss', expected: 'loss', input: 'loss' },
  find: (record) => {
    const { config, loss } = record;
    const first = loss[0];
    if (
      record.isFineTuning === true ||
      first === undefined ||
      !isLogLoss(config) ||
      !(first > chanceLoss + tolerance)
    )
      return null;
    return {
      severity: 'warning',
      step: 0,
      evidence: { series: 'training_loss', from: 0, to: 0 },
      figures: {
        loss: first,
        expected: chanceLoss,
        input: record.statistics[0]?.layers[0]?.input.maxAbs ?? NaN,
      },
      fix: remedy(record),
    };
  },
});
