/** torch.optim.AdamW: Adam whose weight decay is no part of the gradient. */
import { adamFields, adamSlots, updateAdam } from '@/model/optimizers/adam';
import { defineOptimizer } from '@/model/optimizers/definition';
import { weightDecay } from '@/model/optimizers/fields';

export const adamW = defineOptimizer('AdamW', {
  fields: { ...adamFields, weightDecay: { ...weightDecay, default: 0.01 } },
  slots: adamSlots,
  dividesByGradient: true,
  update: (spec, update) => updateAdam(spec, update, true),
});
