/** A thousand runs in a real browser: only what is in sight is in the page, and the keyboard reaches all of it. */
import { MantineProvider } from '@mantine/core';
import { useState } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { RunTable } from '@/features/runs/RunTable';
import type { RunSort } from '@/features/runs/runRows';
import { changeLanguage, startI18n } from '@/locales/i18n';
import type { RecordedRun } from '@/storage/runs/runSchema';
import { runOf } from '@/storage/testing/runWrites';

const count = 1000;
const many: readonly RecordedRun[] = Array.from({ length: count }, (_, i) => ({
  ...runOf(`run-${i}`, i),
  sweep: i === 2 ? { id: 'one', point: 0, keys: ['learningRate'] } : null,
  notes: { name: `run ${i}`, tags: i % 3 === 0 ? ['a tag'] : [], notes: '', pinned: false },
}));

let root: Root | null = null;
let opened: string[] = [];

function Owner() {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [sort, setSort] = useState<RunSort>({ key: 'createdAt', isDescending: true });
  return (
    <MantineProvider>
      <RunTable
        runs={many}
        sort={sort}
        onSort={setSort}
        selected={selected}
        onSelect={setSelected}
        onOpen={(id) => opened.push(id)}
        sweeps={[{ id: 'one', name: 'Learning rate', createdAt: 0, fields: [], runs: [] }]}
        onSweep={(id) => opened.push(id)}
      />
      <output>{selected.size}</output>
    </MantineProvider>
  );
}

const rows = (): HTMLTableRowElement[] => [...document.querySelectorAll<HTMLTableRowElement>('tr[data-run]')];
const scroller = (): HTMLElement | null => document.querySelector('section[tabindex]');
const focused = (): string | undefined =>
  document.activeElement?.closest<HTMLElement>('tr[data-run]')?.dataset['run'];

beforeAll(async () => {
  await startI18n();
  await changeLanguage('en');
});

function show(): void {
  opened = [];
  root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(<Owner />);
}

afterEach(() => {
  root?.unmount();
  document.body.replaceChildren();
});

it('holds a few dozen rows in the page, at its top, in its midst and at its end', async () => {
  show();
  await expect.poll(() => rows()[0]?.dataset['run']).toBe('run-0');
  for (const [share, from] of [
    [0.5, 300],
    [1, count - 1],
  ] as const) {
    // Heights are measured on the way: the place of a row is an estimate before.
    const isInSight = (): boolean => {
      const element = scroller();
      if (element !== null) element.scrollTop = share * element.scrollHeight;
      return rows().some(({ dataset }) => Number(dataset['run']?.slice(4)) >= from);
    };
    // oxlint-disable-next-line no-await-in-loop
    await expect.poll(isInSight).toBe(true);
    expect(rows().length).toBeLessThan(60);
  }
  expect(document.querySelector('table')?.getAttribute('aria-rowcount')).toBe(String(count + 1));
  expect(rows().at(-1)?.getAttribute('aria-rowindex')).toBe(String(count + 1));
});

it('is one stop of Tab, and goes row by row, to its end and back by the keyboard', async () => {
  show();
  await expect.poll(() => rows().length).toBeGreaterThan(5);
  const reachable = (): number => document.querySelectorAll('tbody [tabindex="0"]').length;
  rows()[0]?.querySelector('input')?.focus();
  await userEvent.keyboard('{ArrowDown}');
  await expect.poll(focused).toBe('run-1');
  await userEvent.keyboard(' ');
  await expect.poll(() => document.querySelector('output')?.textContent).toBe('1');
  // Checkbox, name and pin of one row.
  expect(reachable()).toBe(3);
  await userEvent.keyboard('{End}');
  await expect.poll(focused).toBe(`run-${count - 1}`);
  await userEvent.keyboard('{ArrowUp}');
  await expect.poll(focused).toBe(`run-${count - 2}`);
  await userEvent.keyboard('{Tab}{Enter}');
  expect(opened).toEqual([`run-${count - 2}`]);
  await userEvent.keyboard('{Home}');
  await expect.poll(focused).toBe('run-0');
  // Scrolled away from, the focus stays where it is.
  const element = scroller();
  if (element !== null) element.scrollTop = element.scrollHeight;
  await expect.poll(() => rows().at(-1)?.dataset['run']).toBe(`run-${count - 1}`);
  expect(focused()).toBe('run-0');
});

it('leads from a run to its sweep, by the keyboard and on to rows that have no such link', async () => {
  show();
  await expect.poll(() => rows().length).toBeGreaterThan(5);
  const links = (): HTMLButtonElement[] =>
    [...document.querySelectorAll('tr button')].filter(
      (button): button is HTMLButtonElement => button.textContent === 'Sweep: Learning rate',
    );
  expect(links().map((link) => link.closest('tr')?.dataset['run'])).toEqual(['run-2']);
  links()[0]?.focus();
  await userEvent.keyboard('{Enter}');
  expect(opened).toEqual(['one']);
  // The last control of a row that has fewer.
  await userEvent.keyboard('{ArrowDown}');
  await expect.poll(focused).toBe('run-3');
});
