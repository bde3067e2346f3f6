/** What of a page cannot be saved. Whoever shows a picture or a table frames it with a menu that does (src/ui/export). */
import { expect, type Page } from '@playwright/test';

/** They show the network and the convolution that one works with, and save them in their own ways. */
const ownWays = ['/network', '/conv-lab'];

/** What one draws on; drawings in a row of a table, which stand for the row; the wires between the layers' own pictures. */
const noPictures = '[data-testid="drawing-pad"] *, td *, [data-testid="layers-diagram"] svg';

/** Wider than any icon or mark of a legend, px. */
const leastWidth = 40;

/** Every picture is saved as PNG and SVG, every table as CSV, by the frame around it. `what` is on show, for the message. */
export async function expectSavable(page: Page, what: string): Promise<void> {
  const { protocol, pathname } = new URL(page.url());
  // A report that was saved as a file.
  if (protocol === 'about:') return;
  if (ownWays.some((path) => pathname.endsWith(path))) return;
  const unsaved = await page.evaluate(
    ([none, least]) => {
      const kindsAround = (element: Element): string[] => {
        const frame = element.closest<HTMLElement>('[data-exports]');
        const hasMenu = frame?.querySelector('button[aria-haspopup="menu"]') != null;
        return hasMenu ? (frame?.dataset['exports']?.split(' ') ?? []) : [];
      };
      // One that waits for its values shows nothing.
      const isBlank = (element: Element): boolean =>
        element instanceof HTMLCanvasElement &&
        element
          .getContext('2d')
          ?.getImageData(0, 0, element.width, element.height)
          .data.every((value) => value === 0) !== false;
      const nameOf = (element: Element): string => {
        const named = element.closest('[aria-label], [data-testid], section');
        return `${element.tagName.toLowerCase()} in ${named?.getAttribute('aria-label') ?? named?.getAttribute('data-testid') ?? named?.querySelector('h2')?.textContent}`;
      };
      return [...document.querySelectorAll('main canvas, main svg, main table')].flatMap((element) => {
        if (element.matches(none) || element.parentElement?.closest('svg') != null) return [];
        if (!element.checkVisibility({ visibilityProperty: true })) return [];
        if (element.getBoundingClientRect().width < least) return [];
        if (isBlank(element)) return [];
        const wanted = element instanceof HTMLTableElement ? ['csv'] : ['png', 'svg'];
        const kinds = kindsAround(element);
        return wanted.every((kind) => kinds.includes(kind)) ? [] : [nameOf(element)];
      });
    },
    [noPictures, leastWidth] as const,
  );
  expect(unsaved, `${what}: what cannot be saved`).toEqual([]);
}
