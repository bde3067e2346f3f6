/** What the controls say on a first visit: the report's first run. */
import { lenet } from '@/model/architectures';
import type { RunConfig } from '@/model/runConfig';

export const defaultDraft: RunConfig = {
  network: lenet,
  input: { augment: null, resize: null, normalize: null },
  loss: { kind: 'cross_entropy', labelSmoothing: 0 },
  optimizer: { kind: 'SGD', momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 },
  learningRate: 0.01,
  schedule: { kind: 'constant' },
  warmupSteps: 0,
  clipGradNorm: null,
  epochs: 10,
  batchSize: 64,
  seed: 1,
  shuffle: false,
  trainingImages: 60000,
};
