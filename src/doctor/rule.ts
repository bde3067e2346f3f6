/** What a rule of the doctor is; each has one file in rules/, and its words in the locales under its id. */
import type { Finding } from '@/doctor/finding';
import type { RunRecord } from '@/doctor/runRecord';
import type { Term } from '@/model/formula';

/** How the page writes a figure; `step`: counted from 0 by the engine. */
export type FigureFormat = 'loss' | 'share' | 'count' | 'step' | 'anySize';

export interface Rule {
  /** The formula behind it. */
  readonly formula: Term;
  /** The figures of its findings, which its texts name. */
  readonly figures: Readonly<Record<string, FigureFormat>>;
  /** A pure function of what was measured: null where it sees no fault. */
  readonly find: (record: RunRecord) => Finding | null;
}

/** A finding about no layer and no digit unless it says so. */
type Found<Figure extends string> = Omit<Finding, 'layers' | 'digits' | 'figures'> &
  Partial<Pick<Finding, 'layers' | 'digits'>> & { readonly figures: Readonly<Record<Figure, number>> };

/** Gives a rule the type of its figures. */
export function defineRule<const Figures extends Readonly<Record<string, FigureFormat>>>(rule: {
  readonly formula: Term;
  readonly figures: Figures;
  readonly find: (record: RunRecord) => Found<keyof Figures & string> | null;
}): Rule {
  return {
    ...rule,
    find: (record) => {
      const found = rule.find(record);
      return found === null ? null : { layers: [], digits: [], ...found };
    },
  };
}
