import type { Diagnosis } from '@/doctor/diagnosis';
import type { RunRecord } from '@/doctor/runRecord';

/** A pure function of what was measured: null where it sees no fault. */
export type Rule = (record: RunRecord) => Diagnosis | null;

type Optional = 'layers' | 'digits' | 'figures';

/** A diagnosis about no layer and no digit unless it says so. */
export function diagnosed(given: Omit<Diagnosis, Optional> & Partial<Pick<Diagnosis, Optional>>): Diagnosis {
  return { figures: {}, layers: [], digits: [], ...given };
}
