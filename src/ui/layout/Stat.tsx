/** One number with its name. Digits are tabular, so that a changing number does not shake. */
import type { ReactNode } from 'react';
import classes from '@/ui/layout/Stat.module.css';

export interface StatProps {
  readonly label: string;
  /** Null shows a dash: not known yet. */
  readonly value: string | null;
  /** Small text after the value, such as `of 10`. */
  readonly suffix?: ReactNode;
  readonly testId?: string;
}

export function Stat({ label, value, suffix, testId }: StatProps) {
  return (
    <div className={classes['stat']}>
      <dt className={classes['label']}>{label}</dt>
      <dd className={classes['value']} data-testid={testId}>
        {value ?? '–'}
        {value !== null && suffix !== undefined && <span className={classes['suffix']}> {suffix}</span>}
      </dd>
    </div>
  );
}

export function StatList({ children }: { readonly children: ReactNode }) {
  return <dl className={classes['list']}>{children}</dl>;
}
