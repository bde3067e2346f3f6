/** The lab's number fields: whole numbers in a range, and values of cells, which are float32. */
import type { NumberRange } from '@/model/numberRange';
import { labValue } from '@/features/convLab/labTensor';
import { limits } from '@/features/convLab/convLabState';
import { useLab } from '@/features/convLab/convLabStore';
import { NumberField, type NumberFieldProps } from '@/ui/form/NumberField';
import { float32Text } from '@/ui/text/valueFormat';

type LabFieldProps = Pick<
  NumberFieldProps,
  'label' | 'value' | 'onChange' | 'disabled' | 'problem' | 'className'
>;

export interface WholeNumberFieldProps extends LabFieldProps {
  readonly min: number;
  readonly max: number;
}

export function WholeNumberField({ min, max, ...field }: WholeNumberFieldProps) {
  const subject = useLab((state) => state.restored);
  return (
    <NumberField
      {...field}
      size="xs"
      hasSteps
      range={{ kind: 'integer', min, max, step: 1, scale: 'linear' }}
      subject={subject}
    />
  );
}

const values: NumberRange = {
  kind: 'number',
  min: -limits.value,
  max: limits.value,
  step: 0.5,
  scale: 'linear',
};

export interface ValueFieldProps extends LabFieldProps {
  /** Whose value it is: another cell or filter begins anew. */
  readonly of?: string;
}

export function ValueField({ of = '', ...field }: ValueFieldProps) {
  const restored = useLab((state) => state.restored);
  return (
    <NumberField
      {...field}
      size="xs"
      hasSteps
      range={values}
      round={labValue}
      textOf={float32Text}
      subject={`${of} ${restored}`}
    />
  );
}
