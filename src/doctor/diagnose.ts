/** All rules over one run. */
import { byCause, type Diagnosis } from '@/doctor/diagnosis';
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
import type { RunRecord } from '@/doctor/runRecord';

export const rules: readonly Rule[] = [
  unboundedLoss,
  softmaxBeforeNll,
  softmaxTwice,
  nonFinite,
  firstLoss,
  learningRateHigh,
  explodingGradients,
  vanishingGradients,
  deadRelus,
  learningRateLow,
  unshuffled,
  smallBatchNorm,
  neverPredicted,
  chanceAccuracy,
  overfitting,
];

/** What is wrong with a run, causes before what they bring about; empty where nothing is. */
export function diagnose(record: RunRecord): Diagnosis[] {
  return byCause(rules.flatMap((rule) => rule(record) ?? []));
}
