/** The little that a journey asks of a browser, so that one journey runs in all of them. */
import type { Point } from '../trainPage.ts';

export interface BrowserDriver {
  /** Name and version as the browser says them. */
  readonly version: string;
  goto(url: string): Promise<void>;
  /** Runs a function in the page, where nothing of this file exists; argument and result must be JSON. */
  evaluate<Argument, Result>(run: (argument: Argument) => Result, argument: Argument): Promise<Result>;
  /** A pointer that goes down at the first point, over the others, and up at the last; a click where there is one. In CSS pixels of the window. */
  drag(points: readonly Point[]): Promise<void>;
  /** PNG */
  screenshot(): Promise<Buffer>;
  close(): Promise<void>;
}

export interface BrowserEngine {
  readonly name: string;
  /** What is missing on this machine, with what brings it; null where the browser can start. */
  readonly missing: () => string | null;
  readonly launch: () => Promise<BrowserDriver>;
}

export const windowSize = { width: 1440, height: 900 } as const;

/** Every answer of a browser comes within this time, or the driver is taken for dead. */
export const answerMilliseconds = 30_000;
