/** Gradients that shrink from layer to layer on their way back, until the first layers do not learn. */
import { crossEntropy, initialisedWeights } from '@/doctor/fixes';
import { isLogLoss } from '@/doctor/measures';
import { defineRule } from '@/doctor/rule';
import { throughLayers } from '@/doctor/terms';
import type { StepStatistics } from '@/model/layerStatistics';

/** Update of a layer compared with the last one's, each in parts of its weights. */
const smallestShare = 1 / 500;
/** Measured steps that have to show it. */
const fewestSteps = 10;

function starvedLayers({ layers }: StepStatistics): readonly string[] {
  const last = layers.at(-1)?.updateRatio ?? NaN;
  return layers.filter(({ updateRatio }) => updateRatio < smallestShare * last).map(({ name }) => name);
}

export const vanishingGradients = defineRule({
  formula: throughLayers('<'),
  figures: { firstUpdate: 'anySize', lastUpdate: 'anySize' },
  find: ({ config, statistics }) => {
    const [first] = statistics;
    if (first === undefined || statistics.length < fewestSteps) return null;
    const latest = statistics.slice(-fewestSteps);
    const always = starvedLayers(first).filter((name) =>
      latest.every((step) => starvedLayers(step).includes(name)),
    );
    if (always.length === 0) return null;
    const now = latest.at(-1)?.layers ?? [];
    return {
      severity: 'problem',
      step: first.step,
      evidence: { series: 'updates', from: first.step, to: latest.at(-1)?.step ?? first.step },
      figures: {
        firstUpdate: now.find(({ name }) => name === always[0])?.updateRatio ?? NaN,
        lastUpdate: now.at(-1)?.updateRatio ?? NaN,
      },
      layers: always,
      fix: isLogLoss(config) ? initialisedWeights(config) : crossEntropy(config),
    };
  },
});
