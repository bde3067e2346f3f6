/** One less and one more, for pointers; the arrow keys do the same. */
import { ActionIcon } from '@mantine/core';
import { type NumberRange, stepped } from '@/model/numberRange';
import { Icon } from '@/ui/icons/icons';
import classes from '@/ui/form/NumberSteps.module.css';

export interface NumberStepsProps {
  readonly range: NumberRange;
  readonly value: number;
  readonly disabled: boolean;
  readonly onStep: (direction: 1 | -1) => void;
}

export function NumberSteps({ range, value, disabled, onStep }: NumberStepsProps) {
  return (
    // Nothing for screen readers, which have the field itself.
    <span className={classes['steps']} aria-hidden="true">
      {([-1, 1] as const).map((direction) => (
        <ActionIcon
          key={direction}
          variant="subtle"
          color="gray"
          size={24}
          tabIndex={-1}
          data-step-by={direction}
          disabled={disabled || stepped(range, value, direction) === value}
          // The field keeps the focus, and what is typed in it.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onStep(direction)}
        >
          <Icon name={direction > 0 ? 'plus' : 'minus'} size={14} />
        </ActionIcon>
      ))}
    </span>
  );
}
