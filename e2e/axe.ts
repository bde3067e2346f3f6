/** What is wrong with a page as it stands: what axe finds, and pictures and tables that cannot be saved. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { expectSavable } from './savable.ts';

export type AxeResult = Awaited<ReturnType<AxeBuilder['analyze']>>['incomplete'][number];

/**
 * Nothing is wrong, in the whole page or in the elements that `selectors` name; gives what axe cannot judge by itself.
 * `what` is on show, for the message.
 */
export async function expectClean(
  page: Page,
  what: string,
  selectors: readonly string[] = [],
): Promise<AxeResult[]> {
  // A colour on its way to another one has a contrast of its own.
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime))
        .map(({ finished }) => finished),
    ),
  );
  await expectSavable(page, what);
  const { violations, incomplete } = await selectors
    .reduce((axe, selector) => axe.include(selector), new AxeBuilder({ page }))
    .analyze();
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`);
  expect(found, what).toEqual([]);
  return incomplete;
}
