/**
 * OneCycleLR with anneal_strategy 'cos', three_phase false and cycle_momentum false, as a factor on max_lr: up from 1/divFactor to 1
 * until step pctStart * total - 1, then down to 1/(divFactor * finalDivFactor).
 */
import { numberField, share } from '@/model/kindFields';
import { cosineAnneal, defineSchedule } from '@/model/schedules/definition';

export const oneCycle = defineSchedule('one_cycle', {
  pytorch: 'OneCycleLR',
  fields: {
    pctStart: numberField({ argument: 'pct_start', default: 0.3, ...share }),
    divFactor: numberField({ argument: 'div_factor', default: 25, min: 1, max: 1e6, step: 2, scale: 'log' }),
    finalDivFactor: numberField({
      argument: 'final_div_factor',
      default: 1e4,
      min: 1,
      max: 1e8,
      step: 10,
      scale: 'log',
    }),
  },
  dependsOnLength: true,
  factor: ({ pctStart, divFactor, finalDivFactor }, moment) => {
    const { total } = moment;
    const step = Math.min(moment.step, total - 1);
    const initial = 1 / divFactor;
    const peakStep = pctStart * total - 1;
    if (step <= peakStep) {
      // With a peak at step 0 PyTorch divides by zero; the peak is what is meant.
      return cosineAnneal(initial, 1, peakStep === 0 ? 1 : step / peakStep);
    }
    // A first phase of less than a step starts the second one at peakStep < 0, as in PyTorch.
    return cosineAnneal(1, initial / finalDivFactor, (step - peakStep) / (total - 1 - peakStep));
  },
});
