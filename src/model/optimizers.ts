/** PyTorch's defaults for optimizers and schedules, and what an optimizer stores beside the weights. */
import { assertNever } from '@/model/layers';
import type { OptimizerKind, OptimizerSpec, ScheduleSpec } from '@/model/runConfig';

export const optimizerKinds = ['SGD', 'Adam', 'AdamW', 'RMSprop'] as const satisfies readonly OptimizerKind[];

/** torch.optim's own defaults. */
export function defaultOptimizer(kind: OptimizerKind): OptimizerSpec {
  switch (kind) {
    case 'SGD':
      return { kind, momentum: 0, dampening: 0, nesterov: false, weightDecay: 0 };
    case 'Adam':
      return { kind, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0 };
    case 'AdamW':
      return { kind, beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01 };
    case 'RMSprop':
      return { kind, alpha: 0.99, eps: 1e-8, momentum: 0, centered: false, weightDecay: 0 };
    default:
      return assertNever(kind);
  }
}

export type OptimizerSlot = 'momentum_buffer' | 'exp_avg' | 'exp_avg_sq' | 'square_avg' | 'grad_avg';

/** The state_dict slots that this optimizer keeps for every parameter, each as large as the parameter. */
export function optimizerSlots(optimizer: OptimizerSpec): OptimizerSlot[] {
  switch (optimizer.kind) {
    case 'SGD':
      return optimizer.momentum === 0 ? [] : ['momentum_buffer'];
    case 'Adam':
    case 'AdamW':
      return ['exp_avg', 'exp_avg_sq'];
    case 'RMSprop':
      return [
        'square_avg',
        ...(optimizer.momentum === 0 ? [] : (['momentum_buffer'] as const)),
        ...(optimizer.centered ? (['grad_avg'] as const) : []),
      ];
    default:
      return assertNever(optimizer);
  }
}

export const scheduleKinds = [
  'constant',
  'step',
  'cosine',
  'one_cycle',
] as const satisfies readonly ScheduleSpec['kind'][];

/** OneCycleLR's and CosineAnnealingLR's own defaults; StepLR has none for the step, so every three epochs. */
export function defaultSchedule(kind: ScheduleSpec['kind']): ScheduleSpec {
  switch (kind) {
    case 'constant':
      return { kind };
    case 'step':
      return { kind, stepEpochs: 3, gamma: 0.1 };
    case 'cosine':
      return { kind, minLearningRate: 0 };
    case 'one_cycle':
      return { kind, pctStart: 0.3, divFactor: 25, finalDivFactor: 1e4 };
    default:
      return assertNever(kind);
  }
}
