/**
 * The one field that a number is typed into. The text is the person's while they type; a value that can be used is in
 * force at once, any other text stays, marked and explained, until it is mended, Escape is pressed or the value changes
 * from outside. So what it shows is the value in force, or visibly not.
 *
 * A plain text field, since `type="number"` hides what was typed where the browser cannot read it and changes with the
 * wheel, and Mantine's NumberInput drops characters (1e5 becomes 15) and moves values into range without a word.
 */
import { TextInput } from '@mantine/core';
import { type KeyboardEvent, type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type NumberRange, readNumber, stepped } from '@/model/numberRange';
import { NumberSteps } from '@/ui/form/NumberSteps';
import { useNumberProblemText } from '@/ui/form/useNumberProblemText';
import classes from '@/ui/form/NumberField.module.css';

/** A text under way, and what it was typed for. */
interface Typed {
  readonly text: string;
  /** The value in force while this text stands: its own once it was taken over. */
  readonly beside: number;
  readonly subject: unknown;
}

const same = (value: number): number => value;

export interface NumberFieldProps {
  readonly label: string;
  readonly range: NumberRange;
  /** The value in force. */
  readonly value: number;
  readonly onChange: (value: number) => void;
  /** What the value becomes where it is kept, such as a float32. */
  readonly round?: (value: number) => number;
  /** Shortest text that reads back as the same value. */
  readonly textOf?: (value: number) => string;
  /** What the number belongs to: text that was typed for another (cell, filter, preset) is not shown. */
  readonly subject?: unknown;
  /** Takes effect when the field is left or Enter is pressed, not at each key: the run uses it at once. */
  readonly isLive?: boolean;
  /** A problem that the value in force has with something else. */
  readonly problem?: string | null;
  /** Told whenever the text becomes unusable or usable; a stable function. */
  readonly onInvalid?: (isInvalid: boolean) => void;
  /** Shows the message elsewhere, where the field is too narrow: what it says, or null; a stable function. */
  readonly onMessage?: (text: string | null) => void;
  /** Buttons for one less and one more. */
  readonly hasSteps?: boolean;
  readonly hint?: string;
  readonly unit?: ReactNode;
  /** For screen readers, where the label is short. */
  readonly name?: string;
  readonly size?: 'xs' | 'sm';
  readonly className?: string | undefined;
  readonly disabled?: boolean;
  readonly testId?: string;
}

/** The keyboard that a phone shows; those for numbers have no minus on some. */
const inputMode = ({ kind, min }: NumberRange): 'text' | 'numeric' | 'decimal' =>
  min < 0 ? 'text' : kind === 'integer' ? 'numeric' : 'decimal';

export function NumberField(props: NumberFieldProps) {
  const { range, value, onChange, round = same, textOf = String, subject = null, isLive = false } = props;
  const { problem = null, onInvalid, onMessage, hasSteps = false, unit } = props;
  const problemText = useNumberProblemText();
  const [typed, setTyped] = useState<Typed | null>(null);
  const isTyped = typed !== null && typed.beside === value && typed.subject === subject;
  const text = isTyped ? typed.text : textOf(value);
  // A value from outside may lie out of range, such as a network's layer in the lab: it is in force all the same.
  const read = isTyped ? readNumber(text, range) : { ok: true as const, value };
  const isInvalid = !read.ok;
  const { t } = useTranslation('common');
  // Where nothing else waits for a usable number, the one in force goes on counting.
  const explained = (text: string): string =>
    onInvalid === undefined ? t('number.stays', { problem: text, value: textOf(value) }) : text;
  const error = read.ok ? problem : explained(problemText(read.problem));

  useEffect(() => {
    onInvalid?.(isInvalid);
    return () => onInvalid?.(false);
  }, [onInvalid, isInvalid]);
  useEffect(() => {
    onMessage?.(error);
    return () => onMessage?.(null);
  }, [onMessage, error]);

  const commit = (number: number): void => {
    if (number !== value) onChange(number);
  };
  const leave = (): void => {
    if (!read.ok) return;
    setTyped(null);
    if (isTyped) commit(round(read.value));
  };
  const type = (next: string): void => {
    const given = readNumber(next, range);
    const isTaken = given.ok && !isLive;
    setTyped({ text: next, beside: isTaken ? round(given.value) : value, subject });
    if (isTaken) commit(round(given.value));
  };
  const step = (direction: 1 | -1): void => {
    setTyped(null);
    commit(round(stepped(range, read.ok ? read.value : value, direction)));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method composes, its keys are its own.
    if (event.nativeEvent.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter') leave();
    else if (event.key === 'Escape' && text !== textOf(value)) {
      // The dialog around it stays open.
      event.stopPropagation();
      setTyped(null);
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault();
      step(event.key === 'ArrowUp' ? 1 : -1);
    }
  };

  const { size = 'sm' } = props;
  const steps = hasSteps && (
    <NumberSteps range={range} value={value} disabled={props.disabled ?? false} onStep={step} />
  );
  const width = hasSteps ? 52 : unit === undefined ? 0 : 54;
  return (
    <TextInput
      size={size}
      className={props.className ?? ''}
      label={props.label}
      {...(props.name === undefined ? {} : { 'aria-label': props.name })}
      {...(props.hint === undefined ? {} : { 'aria-description': props.hint })}
      inputMode={inputMode(range)}
      autoComplete="off"
      spellCheck={false}
      value={text}
      error={error}
      errorProps={onMessage === undefined ? {} : { className: classes['unseen'] }}
      disabled={props.disabled ?? false}
      rightSection={hasSteps ? steps : unit === undefined ? undefined : <small>{unit}</small>}
      rightSectionWidth={width}
      rightSectionPointerEvents={hasSteps ? 'all' : 'none'}
      data-testid={props.testId}
      onChange={(event) => type(event.currentTarget.value)}
      onBlur={leave}
      onKeyDown={onKeyDown}
    />
  );
}
