/** A finding of the doctor, by the rule that found it. */
import type { Finding } from '@/doctor/finding';
import type { DiagnosisId } from '@/doctor/rules';

export interface Diagnosis extends Finding {
  readonly id: DiagnosisId;
}
