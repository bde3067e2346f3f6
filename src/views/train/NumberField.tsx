/** A number of the settings: any notation (1e-3), arrow keys by the field's own step, errors while typing. */
import { TextInput } from '@mantine/core';
import { type KeyboardEvent, useEffect, useState } from 'react';
import type { NumberHyperparameter } from '@/model/hyperparameter';
import { validateValue } from '@/model/validate';
import { markField } from '@/views/train/invalidFields';
import { useProblemText } from '@/views/train/useProblemText';

/** Shortest text that reads back as the same number. */
const textOf = (value: number): string => String(value);
const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

/** One arrow key up or down, kept in range; 0 of a logarithmic scale means off and steps to a small value. */
export function stepped(field: NumberHyperparameter, value: number, direction: 1 | -1): number {
  const { scale, step, min, max, kind } = field;
  const smallest = min > 0 ? min : 1e-5;
  let next = value + direction * step;
  if (scale === 'log') {
    next = value <= 0 ? smallest : value * step ** direction;
    if (min === 0 && direction < 0 && next < smallest) next = 0;
  }
  const rounded = kind === 'integer' ? Math.round(next) : Number(next.toPrecision(3));
  return Math.min(max, Math.max(min, rounded));
}

interface Typed {
  readonly text: string;
  /** The value of the settings while this text stands: its own once it was taken over. */
  readonly beside: number;
}

export interface NumberFieldProps {
  readonly field: NumberHyperparameter;
  readonly label: string;
  readonly hint: string;
  readonly unit: string | null;
  readonly value: number;
  /** A problem of this field with another one. */
  readonly problem: string | null;
  /** Takes effect when the field is left or Enter is pressed, not at each key: the run uses it at once. */
  readonly isLive: boolean;
  readonly onChange: (value: number) => void;
}

export function NumberField({
  field,
  label,
  hint,
  unit,
  value,
  problem,
  isLive,
  onChange,
}: NumberFieldProps) {
  const problemText = useProblemText();
  const [typed, setTyped] = useState<Typed | null>(null);
  // Another value from outside (a preset, a reset) discards what was being typed.
  const text = typed?.beside === value ? typed.text : textOf(value);
  const own = validateValue(field, numberOf(text));

  useEffect(() => {
    markField(field.key, own !== null);
    return () => markField(field.key, false);
  }, [field.key, own]);

  const commit = (number: number): void => {
    if (validateValue(field, number) === null && number !== value) onChange(number);
  };
  const leave = (): void => {
    commit(numberOf(text));
    if (own === null) setTyped(null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') leave();
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    const from = numberOf(text);
    setTyped(null);
    commit(stepped(field, Number.isFinite(from) ? from : value, event.key === 'ArrowUp' ? 1 : -1));
  };

  return (
    <TextInput
      size="sm"
      label={label}
      aria-description={hint}
      inputMode="decimal"
      autoComplete="off"
      spellCheck={false}
      value={text}
      error={own === null ? problem : problemText(own)}
      rightSection={unit === null ? undefined : <small>{unit}</small>}
      rightSectionWidth={unit === null ? 0 : 54}
      rightSectionPointerEvents="none"
      data-testid={`field-${field.key}`}
      onChange={(event) => {
        const next = event.currentTarget.value;
        const number = numberOf(next);
        const isTaken = !isLive && validateValue(field, number) === null;
        setTyped({ text: next, beside: isTaken ? number : value });
        if (isTaken) commit(number);
      }}
      onBlur={leave}
      onKeyDown={onKeyDown}
    />
  );
}
