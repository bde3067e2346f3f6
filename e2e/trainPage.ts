/** The Train page as a person uses it. */
import { expect, type Locator, type Page } from '@playwright/test';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export class TrainPage {
  readonly page: Page;
  readonly mainControl: Locator;

  constructor(page: Page) {
    this.page = page;
    this.mainControl = page.getByTestId('main-control');
  }

  /** Opens the page with these settings in the link, and waits until it can start. */
  async open(query: string): Promise<void> {
    await this.page.goto(`/?${query}`);
    await expect(this.mainControl).toBeEnabled({ timeout: 60_000 });
  }

  /** Number that a statistic begins with; NaN while it shows a dash. */
  async stat(name: 'step' | 'loss' | 'accuracy' | 'speed'): Promise<number> {
    const text = await this.page.getByTestId(`stat-${name}`).innerText();
    return Number.parseFloat(text.replaceAll(',', ''));
  }

  async waitForStep(step: number, timeout = 120_000): Promise<void> {
    await expect.poll(() => this.stat('step'), { timeout, intervals: [50] }).toBeGreaterThanOrEqual(step);
  }

  async expectAction(
    action: 'start' | 'pause' | 'resume' | 'continue' | 'startAgain',
    timeout = 30_000,
  ): Promise<void> {
    await expect(this.mainControl).toHaveAttribute('data-action', action, { timeout });
  }

  /** Answers the question that comes before weights are dropped. */
  async answer(choice: 'continue' | 'current' | 'initial' | 'seed'): Promise<void> {
    const question = this.page.getByTestId('weights-question');
    await question.locator(`[data-choice=${choice}]`).click();
    await expect(question).toBeHidden();
  }

  /** Back to fresh weights, away from trained ones. */
  async reset(): Promise<void> {
    await this.page.getByRole('button', { name: 'Reset' }).click();
    await this.answer('seed');
    await this.expectAction('start');
  }

  async chooseEngine(label: string | RegExp): Promise<void> {
    const select = this.page.getByTestId('engine-select');
    // While the page fills, a press can fall on what has just moved there. Then nothing opens, and a person presses again.
    await expect(async () => {
      if ((await select.getAttribute('aria-expanded')) !== 'true') await select.click();
      await expect(select).toHaveAttribute('aria-expanded', 'true', { timeout: 2000 });
    }).toPass({ timeout: 60_000 });
    await this.page.getByRole('option', { name: label }).click();
    await expect(this.page.getByTestId('main-control')).toBeEnabled({ timeout: 60_000 });
  }

  /** Losses of the first `count` steps, one press of Step each, as the page shows them. */
  async stepLosses(count: number): Promise<number[]> {
    const losses: number[] = [];
    for (let step = 1; step <= count; step += 1) {
      await this.page.getByRole('button', { name: 'Step', exact: true }).click();
      await this.waitForStep(step, 240_000);
      await this.expectAction('resume', 60_000);
      losses.push(await this.stat('loss'));
    }
    return losses;
  }

  /** Draws strokes on the pad; coordinates from 0 to 1 across it. */
  async draw(strokes: readonly (readonly Point[])[]): Promise<void> {
    const pad = this.page.getByTestId('drawing-pad');
    await pad.scrollIntoViewIfNeeded();
    const box = await pad.boundingBox();
    if (box === null) throw new Error('The drawing pad is not visible.');
    const at = ({ x, y }: Point): [number, number] => [box.x + x * box.width, box.y + y * box.height];
    for (const stroke of strokes) {
      const [first, ...rest] = stroke;
      if (first === undefined) continue;
      await this.page.mouse.move(...at(first));
      await this.page.mouse.down();
      for (const point of rest) await this.page.mouse.move(...at(point), { steps: 6 });
      await this.page.mouse.up();
    }
  }

  async clearDrawing(): Promise<void> {
    await this.page.getByRole('button', { name: 'Clear', exact: true }).click();
  }
}

function arc(cx: number, cy: number, rx: number, ry: number, from: number, to: number): Point[] {
  return Array.from({ length: 25 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 24) * Math.PI) / 180;
    return { x: cx + rx * Math.cos(angle), y: cy + ry * Math.sin(angle) };
  });
}

/** Digits as most people write them. */
export const handwriting: Readonly<Record<string, readonly (readonly Point[])[]>> = {
  '0': [arc(0.5, 0.5, 0.2, 0.3, -90, 270)],
  '1': [
    [
      { x: 0.52, y: 0.18 },
      { x: 0.48, y: 0.82 },
    ],
  ],
  '3': [[...arc(0.45, 0.35, 0.18, 0.16, -160, 90), ...arc(0.45, 0.67, 0.2, 0.17, -90, 160)]],
  '7': [
    [
      { x: 0.28, y: 0.25 },
      { x: 0.7, y: 0.25 },
      { x: 0.45, y: 0.82 },
    ],
  ],
};
