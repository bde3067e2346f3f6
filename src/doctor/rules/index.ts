/**
 * Every rule of the doctor, in the order of causes: what stands earlier often brings about what stands later, and is shown first. A new
 * one is a file beside this one, a line here, and its words in each language's doctor.ts under the same id.
 */
import type { Rule } from '@/doctor/rule';
import { chanceAccuracy } from '@/doctor/rules/chanceAccuracy';
import { deadRelus } from '@/doctor/rules/deadRelus';
import { explodingGradients } from '@/doctor/rules/explodingGradients';
import { firstLoss } from '@/doctor/rules/firstLoss';
import { learningRateHigh } from '@/doctor/rules/learningRateHigh';
import { learningRateLow } from '@/doctor/rules/learningRateLow';
import { neverPredicted } from '@/doctor/rules/neverPredicted';
import { nonFinite } from '@/doctor/rules/nonFinite';
import { overfitting } from '@/doctor/rules/overfitting';
import { smallBatchNorm } from '@/doctor/rules/smallBatchNorm';
import { softmaxBeforeNll } from '@/doctor/rules/softmaxBeforeNll';
import { softmaxTwice } from '@/doctor/rules/softmaxTwice';
import { unboundedLoss } from '@/doctor/rules/unboundedLoss';
import { unshuffled } from '@/doctor/rules/unshuffled';
import { vanishingGradients } from '@/doctor/rules/vanishingGradients';
import { keysOf } from '@/model/kindFields';

export const rules = {
  unbounded_loss: unboundedLoss,
  softmax_before_nll: softmaxBeforeNll,
  softmax_twice: softmaxTwice,
  non_finite: nonFinite,
  first_loss: firstLoss,
  unshuffled: unshuffled,
  small_batch_norm: smallBatchNorm,
  learning_rate_high: learningRateHigh,
  exploding_gradients: explodingGradients,
  vanishing_gradients: vanishingGradients,
  dead_relus: deadRelus,
  learning_rate_low: learningRateLow,
  classes_never_predicted: neverPredicted,
  chance_accuracy: chanceAccuracy,
  overfitting: overfitting,
} as const satisfies Readonly<Record<string, Rule>>;

export type DiagnosisId = keyof typeof rules;

export const diagnosisIds = keysOf(rules);
