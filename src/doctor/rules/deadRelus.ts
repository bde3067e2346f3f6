/** ReLUs that give 0 for every image get no gradient, and stay that way. */
import { layersBehindRelu } from '@/doctor/activations';
import { scaledLearningRate } from '@/doctor/fixes';
import { defineRule } from '@/doctor/rule';
import { over } from '@/model/formula';
import type { StepStatistics } from '@/model/layerStatistics';

/** Share of a layer's inputs that are dead, and how much more than at the start. */
const largestShare = 0.6;
const increase = 0.3;

/** Layers whose inputs have died since the first step. Other activations than ReLU, and pixels, may be 0 and live. */
function dyingLayers(
  behindRelu: ReadonlySet<string>,
  first: StepStatistics,
  step: StepStatistics,
): readonly string[] {
  return step.layers
    .filter(({ name, deadShare }) => {
      if (!behindRelu.has(name)) return false;
      const before = first.layers.find((layer) => layer.name === name)?.deadShare ?? 1;
      return deadShare > largestShare && deadShare > before + increase;
    })
    .map(({ name }) => name);
}

export const deadRelus = defineRule({
  formula: [over(['d', 'ReLU', '(', 'x', ')'], ['d', 'x']), '=', '0', ',', 'x', '<', '0'],
  figures: { share: 'share' },
  find: ({ config, statistics }) => {
    const [first] = statistics;
    const last = statistics.at(-1);
    if (first === undefined || last === undefined) return null;
    const dying = (at: StepStatistics): readonly string[] =>
      dyingLayers(layersBehindRelu(config.network), first, at);
    const layers = dying(last);
    // A single batch may be odd; two that were measured are not.
    const before = statistics.at(-2);
    if (layers.length === 0 || before === undefined || dying(before).length === 0) return null;
    const step = statistics.find((one) => dying(one).length > 0)?.step ?? last.step;
    const shares = last.layers.filter(({ name }) => layers.includes(name)).map(({ deadShare }) => deadShare);
    return {
      severity: 'problem',
      step,
      evidence: { series: 'inputs', from: step, to: last.step },
      figures: { share: Math.max(...shares) },
      layers,
      fix: scaledLearningRate(config, 0.1),
    };
  },
});
