/** A class to choose, or none in particular. */
import { NativeSelect } from '@mantine/core';
import { classCount } from '@/model/classCounts';
import { useClassName } from '@/panels/data/useShownData';

const classes = Array.from({ length: classCount }, (_, label) => label);

export interface ClassChoiceProps {
  readonly label: string;
  readonly description?: string;
  /** What null is called. */
  readonly none: string;
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
  readonly testId: string;
}

export function ClassChoice({ label, description, none, value, onChange, testId }: ClassChoiceProps) {
  const nameOf = useClassName();
  return (
    <NativeSelect
      size="xs"
      label={label}
      {...(description === undefined ? {} : { description })}
      value={value === null ? '' : String(value)}
      onChange={({ currentTarget }) =>
        onChange(currentTarget.value === '' ? null : Number(currentTarget.value))
      }
      data={[
        { value: '', label: none },
        ...classes.map((one) => ({ value: String(one), label: nameOf(one) })),
      ]}
      data-testid={testId}
    />
  );
}
