/** The app as a person uses it, in whatever browser. Every wait has an end, and says what it saw. */
import type { Point } from '../trainPage.ts';
import type { BrowserDriver } from './driver.ts';
import type { Recording } from './recorder.ts';

export type MainAction = 'start' | 'pause' | 'resume' | 'startAgain';

/** An element by a selector, of those with this text where one is given. */
export interface Target {
  readonly selector: string;
  readonly text?: string;
}

export const byTestId = (id: string): Target => ({ selector: `[data-testid="${id}"]` });

const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

export class App {
  readonly #driver: BrowserDriver;

  constructor(driver: BrowserDriver) {
    this.#driver = driver;
  }

  /** Opens the page and waits until it can train. */
  async open(address: string, query: string): Promise<void> {
    await this.#driver.goto(`${address}?${query}`);
    await this.waitFor('Start can be pressed', async () => {
      const control = await this.look(byTestId('main-control'));
      return control !== null && !control.isDisabled;
    });
  }

  /** Waits until `isTrue`; fails with what the page showed last. */
  async waitFor(what: string, isTrue: () => Promise<boolean>, milliseconds = 30_000): Promise<void> {
    const end = Date.now() + milliseconds;
    // oxlint-disable-next-line no-await-in-loop -- one look after the other
    while (!(await isTrue())) {
      if (Date.now() > end) {
        // oxlint-disable-next-line no-await-in-loop -- the end
        const { text, errors } = await this.#state();
        throw new Error(
          `Not within ${milliseconds / 1000} s: ${what}.\nErrors: ${errors.join('\n') || 'none'}\nThe page says:\n${text}`,
        );
      }
      // oxlint-disable-next-line no-await-in-loop -- a pause between two looks
      await wait(50);
    }
  }

  #state(): Promise<{ readonly text: string; readonly errors: readonly string[] }> {
    return this.#driver.evaluate(
      () => ({ text: document.body.innerText.slice(0, 2000), errors: window.recording?.errors ?? [] }),
      null,
    );
  }

  /** What an element shows and where it is, in view; null where there is none. */
  look({ selector, text }: Target): Promise<{
    readonly text: string;
    readonly action: string | null;
    readonly isDisabled: boolean;
    readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  } | null> {
    return this.#driver.evaluate(
      ({ selector: path, wanted }) => {
        const all = [...document.querySelectorAll<HTMLElement>(path)];
        const found = all.find((element) => wanted === null || element.textContent?.trim() === wanted);
        if (found === undefined) return null;
        found.scrollIntoView({ block: 'center', behavior: 'instant' });
        const { x, y, width, height } = found.getBoundingClientRect();
        return {
          text: found.textContent ?? '',
          action: found.dataset['action'] ?? null,
          isDisabled: found.matches(':disabled, [data-disabled], [aria-disabled=true]'),
          box: { x, y, width, height },
        };
      },
      { selector, wanted: text ?? null },
    );
  }

  /** A click in the middle, once the element is there and stays where it is. */
  async click(target: Target): Promise<void> {
    const name = `${target.selector} ${target.text ?? ''}`;
    let before = '';
    let middle: Point = { x: 0, y: 0 };
    await this.waitFor(`${name} stands still, enabled`, async () => {
      const seen = await this.look(target);
      if (seen === null || seen.isDisabled) return false;
      const { x, y, width, height } = seen.box;
      middle = { x: x + width / 2, y: y + height / 2 };
      const now = JSON.stringify(seen.box);
      const stands = now === before && width > 0;
      before = now;
      return stands;
    });
    await this.#driver.drag([middle]);
  }

  /** Number that a statistic begins with; NaN while it shows a dash. */
  async stat(name: 'step' | 'loss' | 'accuracy'): Promise<number> {
    const seen = await this.look(byTestId(`stat-${name}`));
    return Number.parseFloat((seen?.text ?? '').replaceAll(/^\D+|,/g, ''));
  }

  async waitForAction(action: MainAction, milliseconds?: number): Promise<void> {
    const offers = async (): Promise<boolean> =>
      (await this.look(byTestId('main-control')))?.action === action;
    await this.waitFor(`the main button offers ${action}`, offers, milliseconds);
  }

  async waitForStep(step: number, milliseconds?: number): Promise<void> {
    await this.waitFor(`step ${step}`, async () => (await this.stat('step')) >= step, milliseconds);
  }

  async waitForText(target: Target, text: RegExp, milliseconds?: number): Promise<void> {
    const matches = async (): Promise<boolean> => text.test((await this.look(target))?.text ?? '');
    await this.waitFor(`${target.selector} says ${text.source}`, matches, milliseconds);
  }

  /** Strokes on the drawing pad; coordinates from 0 to 1 across it. */
  async draw(strokes: readonly (readonly Point[])[]): Promise<void> {
    for (const stroke of strokes) {
      // oxlint-disable-next-line no-await-in-loop -- one hand
      const pad = await this.look(byTestId('drawing-pad'));
      if (pad === null) throw new Error('There is no drawing pad.');
      const { x, y, width, height } = pad.box;
      // oxlint-disable-next-line no-await-in-loop -- one hand
      await this.#driver.drag(stroke.map((point) => ({ x: x + point.x * width, y: y + point.y * height })));
    }
  }

  /** Errors so far, which are then forgotten, and the losses of the newest run. */
  takeRecording(): Promise<Recording> {
    return this.#driver.evaluate(() => {
      const { recording } = window;
      if (recording === undefined) throw new Error('The page was loaded without its recorder.');
      return { errors: recording.errors.splice(0), losses: recording.losses };
    }, null);
  }
}
