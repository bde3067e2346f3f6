/** A part of the page whose script is fetched by itself, and how far that is. */
import type { ComponentType } from 'react';

export type PartState<Value> =
  | { readonly kind: 'coming' }
  /** Not there after `lateMilliseconds`; it may still come. */
  | { readonly kind: 'late' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'ready'; readonly value: Value };

/** A slow connection brings a part in a few seconds. */
const lateMilliseconds = 10_000;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Unlike React.lazy it is there at once when it was fetched before, and is fetched anew when it has failed. Chromium and WebKit ask the
 * server again then; Firefox keeps a failed import for as long as the page lives (tried with 153), so a reload has to be offered too.
 */
export class PagePart<Value = ComponentType> {
  readonly #fetch: () => Promise<Value>;
  readonly #listeners = new Set<() => void>();
  #state: PartState<Value> = { kind: 'coming' };
  #isAsked = false;

  /** @param fetch imports it; rejects where it does not come */
  constructor(fetch: () => Promise<Value>) {
    this.#fetch = fetch;
  }

  /** One that came with the page's own script. */
  static here(component: ComponentType): PagePart {
    const part = new PagePart(() => Promise.resolve(component));
    part.#isAsked = true;
    part.#state = { kind: 'ready', value: component };
    return part;
  }

  readonly state = (): PartState<Value> => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Fetches it, unless it is there or on its way; after a failure anew. Never rejects. */
  readonly load = async (): Promise<void> => {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#become({ kind: 'coming' });
    const timer = setTimeout(() => this.#become({ kind: 'late' }), lateMilliseconds);
    try {
      this.#become({ kind: 'ready', value: await this.#fetch() });
    } catch (error) {
      this.#isAsked = false;
      this.#become({ kind: 'failed', message: messageOf(error) });
    } finally {
      clearTimeout(timer);
    }
  };

  #become(state: PartState<Value>): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** Idle time that a first picture, its worker and its digits have before other parts come. */
const idleMilliseconds = 2000;

const idle = async (): Promise<void> =>
  new Promise((resolve) => {
    // Safari has no such call.
    if (typeof requestIdleCallback === 'function')
      requestIdleCallback(() => resolve(), { timeout: idleMilliseconds });
    else setTimeout(resolve, idleMilliseconds);
  });

/**
 * Fetches parts one after the other while the page rests, so that they are there when they are opened, whatever becomes of the
 * connection. What fails, or failed when it was opened, is asked for again by who opens it: the message stays until then.
 */
export async function fetchAhead(parts: readonly PagePart[]): Promise<void> {
  for (const part of parts) {
    await idle();
    if (navigator.onLine && part.state().kind === 'coming') await part.load();
  }
}
