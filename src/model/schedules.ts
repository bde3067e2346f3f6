/**
 * Learning rates over a run: PyTorch's schedulers in closed form, so that a resumed run or another engine needs no
 * history. Steps count from 0; everything depends on the step alone.
 */
import { assertNever } from '@/model/layers';
import { stepsPerEpoch, type BatchConfig, type RunConfig, type ScheduleSpec } from '@/model/runConfig';

export type ScheduledConfig = BatchConfig &
  Pick<RunConfig, 'learningRate' | 'schedule' | 'warmupSteps' | 'epochs'>;

/** Steps of the whole run. */
export function totalSteps(config: BatchConfig & Pick<RunConfig, 'epochs'>): number {
  return config.epochs * stepsPerEpoch(config);
}

/** From `start` at progress 0 along a half cosine to `end` at 1. */
function cosineAnneal(start: number, end: number, progress: number): number {
  return end + ((start - end) / 2) * (1 + Math.cos(Math.PI * progress));
}

/**
 * torch.optim.lr_scheduler.OneCycleLR with anneal_strategy 'cos', three_phase false and cycle_momentum false, as a
 * factor on max_lr: up from 1/divFactor to 1 until step pctStart * total - 1, then down to 1/(divFactor * finalDivFactor).
 */
function oneCycleFactor(
  schedule: Extract<ScheduleSpec, { readonly kind: 'one_cycle' }>,
  step: number,
  total: number,
): number {
  const initial = 1 / schedule.divFactor;
  const peakStep = schedule.pctStart * total - 1;
  if (step <= peakStep) {
    // With a peak at step 0 PyTorch divides by zero; the peak is what is meant.
    return cosineAnneal(initial, 1, peakStep === 0 ? 1 : step / peakStep);
  }
  // A first phase of less than a step starts the second one at peakStep < 0, as in PyTorch.
  const progress = (step - peakStep) / (total - 1 - peakStep);
  return cosineAnneal(1, initial / schedule.finalDivFactor, progress);
}

function withoutWarmup(config: ScheduledConfig, step: number): number {
  const { schedule, learningRate } = config;
  switch (schedule.kind) {
    case 'constant':
      return 1;
    case 'step':
      // StepLR, stepped once an epoch.
      return schedule.gamma ** Math.floor(Math.floor(step / stepsPerEpoch(config)) / schedule.stepEpochs);
    case 'cosine': {
      // CosineAnnealingLR with T_max = all steps of the run, stepped every step (not every epoch).
      if (learningRate === 0) return 0;
      const total = totalSteps(config);
      return cosineAnneal(1, schedule.minLearningRate / learningRate, Math.min(step, total) / total);
    }
    case 'one_cycle': {
      const total = totalSteps(config);
      return oneCycleFactor(schedule, Math.min(step, total - 1), total);
    }
    default:
      return assertNever(schedule);
  }
}

/** Whether a longer run has other learning rates from its first step on: it cannot be made by going on with a shorter one. */
export function dependsOnLength(schedule: ScheduleSpec): boolean {
  switch (schedule.kind) {
    case 'constant':
    case 'step':
      return false;
    case 'cosine':
    case 'one_cycle':
      return true;
    default:
      return assertNever(schedule);
  }
}

/**
 * What the base learning rate is multiplied with at this step: schedule times warm-up. The warm-up is
 * LinearLR(start_factor = 1/n, total_iters = n - 1), which is (step + 1)/n up to 1: with a factor 0 the first batch would be wasted.
 */
export function scheduleFactor(config: ScheduledConfig, step: number): number {
  const { warmupSteps } = config;
  const warmup = step + 1 < warmupSteps ? (step + 1) / warmupSteps : 1;
  return warmup * withoutWarmup(config, step);
}

/** The learning rate of step `step` (0 is the first). Pass a config with another learningRate to change it in flight. */
export function learningRateAt(config: ScheduledConfig, step: number): number {
  return config.learningRate * scheduleFactor(config, step);
}
