/** What is wrong with a run. */
import type { Diagnosis } from '@/doctor/diagnosis';
import { diagnosisIds, rules, type DiagnosisId } from '@/doctor/rules';
import type { RunRecord } from '@/doctor/runRecord';

/** What one rule says of a run; null where it sees no fault. */
export function diagnosisBy(id: DiagnosisId, record: RunRecord): Diagnosis | null {
  const finding = rules[id].find(record);
  return finding === null ? null : { id, ...finding };
}

/** What is wrong with a run, causes before what they bring about; empty where nothing is. */
export function diagnose(record: RunRecord): Diagnosis[] {
  return diagnosisIds.flatMap((id) => diagnosisBy(id, record) ?? []);
}
