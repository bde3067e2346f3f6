/** Experiments that are not the report's: for a first visit, some that read most digits right within a minute. */
import { fastPreset } from '@/model/fastPreset';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';

export interface QuickPreset {
  readonly id: 'fast_99' | 'quick_lenet';
  readonly config: RunConfig;
}

export const quickPresets: readonly QuickPreset[] = [
  { id: fastPreset.id, config: fastPreset.config },
  {
    id: 'quick_lenet',
    config: {
      ...defaultConfig('lenet'),
      optimizer: { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: false, weightDecay: 0 },
      learningRate: 0.02,
      shuffle: true,
      epochs: 5,
    },
  },
];
