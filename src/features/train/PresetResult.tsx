/** A line of the figures beside a preset: who measured, after how long, and the share read right. */
import { useNumberFormat } from '@/ui/text/numberFormat';
import classes from '@/features/train/settings.module.css';

export interface PresetResultProps {
  readonly name: string;
  readonly when: string;
  /** Share of the test images read right. */
  readonly accuracy: number;
}

export function PresetResult({ name, when, accuracy }: PresetResultProps) {
  const format = useNumberFormat();
  return (
    <>
      <dt>
        <span className={classes['resultName']}>{name}</span>
        <span className={classes['resultWhen']}>{when}</span>
      </dt>
      <dd>{format.percent(accuracy)}</dd>
    </>
  );
}
