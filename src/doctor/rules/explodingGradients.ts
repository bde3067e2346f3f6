/** Gradients so large that a step throws the weights away. */
import { clippedGradients, crossEntropy, scaledLearningRate } from '@/doctor/fixes';
import type { Fix } from '@/doctor/finding';
import { gradientNorms, isLogLoss } from '@/doctor/measures';
import { defineRule } from '@/doctor/rule';
import { throughLayers } from '@/doctor/terms';
import type { RunConfig } from '@/model/runConfig';

/** Norm of one layer's gradient; the six networks stay below 20. */
const largestNorm = 100;

function remedy(config: RunConfig): Fix {
  if (!isLogLoss(config)) return crossEntropy(config);
  return config.clipGradNorm === null ? clippedGradients(config) : scaledLearningRate(config, 0.1);
}

export const explodingGradients = defineRule({
  formula: throughLayers('>'),
  figures: { norm: 'anySize', layerCount: 'count' },
  find: ({ config, statistics }) => {
    for (const step of statistics) {
      const norms = gradientNorms(config, step);
      const layers = [...norms].filter(([, norm]) => norm > largestNorm).map(([name]) => name);
      if (layers.length === 0) continue;
      const largest = Math.max(...norms.values());
      return {
        severity: 'problem',
        step: step.step,
        evidence: { series: 'gradients', from: step.step, to: step.step },
        figures: { norm: largest, layerCount: layers.length },
        layers,
        fix: remedy(config),
      };
    }
    return null;
  },
});
