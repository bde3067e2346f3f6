/** The number field in a real browser: what is typed, what is in force, what is said. */
import { MantineProvider } from '@mantine/core';
import { StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { NumberRange } from '@/model/numberRange';
import { changeLanguage, startI18n } from '@/locales/i18n';
import { NumberField, type NumberFieldProps } from '@/ui/form/NumberField';

const height: NumberRange = { kind: 'integer', min: 3, max: 28, step: 1, scale: 'linear' };
const weight: NumberRange = { kind: 'number', min: -100, max: 1e6, step: 0.5, scale: 'linear' };

let root: Root | null = null;
/** Every value that came into force, in order. */
let taken: number[] = [];
const inForce = createStore(() => ({ value: 0 }));

function Owner(props: Partial<NumberFieldProps>) {
  const value = useStore(inForce, (state) => state.value);
  return (
    <NumberField
      label="Size"
      range={height}
      {...props}
      value={value}
      onChange={(next) => {
        taken.push(next);
        inForce.setState({ value: next });
      }}
    />
  );
}

function show(value: number, props: Partial<NumberFieldProps> = {}): void {
  root?.unmount();
  taken = [];
  inForce.setState({ value });
  const host = document.body.appendChild(document.createElement('div'));
  root = createRoot(host);
  update(props);
}

function update(props: Partial<NumberFieldProps>): void {
  root?.render(
    <StrictMode>
      <MantineProvider>
        <div id="overlays" />
        <Owner {...props} />
        <button type="button">elsewhere</button>
      </MantineProvider>
    </StrictMode>,
  );
}

const field = page.getByRole('textbox', { name: 'Size' });
const leave = (): Promise<void> => userEvent.click(page.getByText('elsewhere'));
const marked = (): ReturnType<typeof expect.poll> =>
  expect.poll(() => field.element().getAttribute('aria-invalid'));

beforeAll(async () => {
  await startI18n();
  await changeLanguage('en');
});

afterEach(() => {
  root?.unmount();
  root = null;
  document.body.replaceChildren();
});

describe('a number field', () => {
  it.each([
    ['1e5', 1e5],
    ['2e3', 2e3],
    ['1e-3', 1e-3],
    ['−3', -3],
    ['１２．５', 12.5],
    ['60 000', 60_000],
    ['1/8', 0.125],
  ])('takes %s as it is pasted, and shows the plain number once it is left', async (text, value) => {
    show(1, { range: weight });
    await field.fill(text);
    await expect.element(field).toHaveValue(text);
    expect(taken).toEqual([value]);
    await leave();
    await expect.element(field).toHaveValue(String(value));
    expect(field.element().getAttribute('aria-invalid')).toBeNull();
  });

  it.each([
    ['99', 'This may be at most 28. It stays 4.'],
    ['2', 'This must be at least 3. It stays 4.'],
    ['9.7', 'This must be a whole number. It stays 4.'],
    ['', 'Type a number. It stays 4.'],
    ['nine', 'This must be a number. It stays 4.'],
    ['9.000', 'Write 9000 or 9.000: this can be read as either. It stays 4.'],
  ])(
    'marks and explains %j, also once it is left, and Escape brings the number in force back',
    async (text, message) => {
      show(4);
      await field.fill(text);
      for (const look of ['typed', 'left']) {
        await expect.element(field, { message: look }).toHaveValue(text);
        await expect.element(field).toHaveAttribute('aria-invalid', 'true');
        await expect.element(field).toHaveAccessibleDescription(message);
        await expect.element(page.getByText(message)).toBeVisible();
        // oxlint-disable-next-line no-await-in-loop
        await leave();
      }
      expect(taken).toEqual([]);
      await userEvent.click(field);
      await userEvent.keyboard('{Escape}');
      await expect.element(field).toHaveValue('4');
      await expect.element(field).not.toHaveAttribute('aria-invalid');
    },
  );

  it('says it in Chinese', async () => {
    await changeLanguage('zh-CN');
    show(4);
    await field.fill('99');
    await expect.element(page.getByText('不能大于 28。仍为 4。')).toBeVisible();
    await changeLanguage('en');
  });

  it('keeps what is typed while each key counts', async () => {
    show(1, { range: weight, round: Math.fround });
    await userEvent.click(field);
    await userEvent.keyboard('{Control>}a{/Control}0.10');
    await expect.element(field).toHaveValue('0.10');
    // Unfinished texts (0.) are numbers too; what the owner rounds is still this field's own.
    expect(taken).toEqual([0, Math.fround(0.1)]);
    await userEvent.keyboard('{Control>}a{/Control}1e');
    await marked().toBe('true');
    await userEvent.keyboard('3');
    await marked().toBeNull();
    expect(taken.at(-1)).toBe(1000);
  });

  it('steps by the arrow keys and the buttons within the range, not by the wheel', async () => {
    show(27, { hasSteps: true });
    await userEvent.click(field);
    await userEvent.keyboard('{ArrowUp}{ArrowUp}{ArrowUp}');
    await expect.element(field).toHaveValue('28');
    await userEvent.keyboard('{ArrowDown}');
    await expect.element(field).toHaveValue('27');
    const button = (by: 1 | -1): HTMLButtonElement | null => document.querySelector(`[data-step-by="${by}"]`);
    button(1)?.click();
    await expect.element(field).toHaveValue('28');
    await expect.poll(() => button(1)?.disabled).toBe(true);
    field.element().dispatchEvent(new WheelEvent('wheel', { deltaY: 100, bubbles: true }));
    await expect.element(field).toHaveValue('28');
    expect(taken).toEqual([28, 27, 28]);
    await field.fill('99');
    await userEvent.keyboard('{ArrowDown}');
    await expect.element(field).toHaveValue('27');
  });

  it('takes a number for a run under way only when Enter is pressed or it is left', async () => {
    show(4, { isLive: true });
    await field.fill('12');
    expect(taken).toEqual([]);
    await userEvent.keyboard('{Enter}');
    expect(taken).toEqual([12]);
    await field.fill('13');
    await userEvent.keyboard('{Escape}');
    await expect.element(field).toHaveValue('12');
    await field.fill('14');
    await leave();
    expect(taken).toEqual([12, 14]);
  });

  it('drops what was typed when the value changes from outside, or belongs to something else', async () => {
    show(4);
    await field.fill('99');
    await marked().toBe('true');
    inForce.setState({ value: 9 });
    await expect.element(field).toHaveValue('9');
    await marked().toBeNull();
    await field.fill('99');
    update({ subject: 'another' });
    await expect.element(field).toHaveValue('9');
    await marked().toBeNull();
  });

  it('shows a value in force that lies out of range as it is', async () => {
    show(64);
    await expect.element(field).toHaveValue('64');
    await leave();
    await expect.element(field).toHaveValue('64');
    expect(taken).toEqual([]);
    await marked().toBeNull();
  });
});
