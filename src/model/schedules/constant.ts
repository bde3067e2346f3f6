/** The learning rate as it is set. */
import { defineSchedule } from '@/model/schedules/definition';

export const constant = defineSchedule('constant', {
  pytorch: null,
  fields: {},
  dependsOnLength: false,
  factor: () => 1,
});
