/** Keeps asking the network on show one question: when the question changes at once, while it trains every now and then. */
import type { StoreApi } from 'zustand/vanilla';
import { followsTraining, networkVersion } from '@/session/selectors';
import type { SessionState } from '@/session/sessionState';

/** What was asked, and what came back. */
export interface Answered<Params, Value> {
  readonly params: Params;
  readonly value: Value;
  readonly runId: string | undefined;
  /** `networkVersion` at the time. */
  readonly network: string;
}

export interface AskLoopOptions<Params, Value> {
  readonly store: Pick<StoreApi<SessionState>, 'getState'>;
  readonly ask: (params: Params) => Promise<Value>;
  /** Null: nothing is asked. */
  readonly onAnswer: (answer: Answered<Params, Value> | null) => void;
  /** It is asked again when the question or the network changes. */
  readonly onError?: (error: unknown) => void;
  /** Shortest pause between two answers while the network trains. */
  readonly refreshMilliseconds: number;
}

const longestPause = 5000;
/** Pause after an answer, as a multiple of what it took: answers cost training time. */
const pauseShare = 8;

/** While it trains every answer is of some steps ago. */
export function isOfThisNetwork(state: SessionState, answered: { readonly network: string }): boolean {
  return followsTraining(state) || networkVersion(state) === answered.network;
}

/** One question at a time, always the newest. Two questions are the same when they are the same object. */
export class AskLoop<Params, Value> {
  readonly #options: AskLoopOptions<Params, Value>;
  #params: Params | null = null;
  #askedParams: Params | null = null;
  #askedVersion: string | null = null;
  #isAsking = false;
  #notBefore = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: AskLoopOptions<Params, Value>) {
    this.#options = options;
  }

  show(params: Params | null): void {
    this.#params = params;
    if (params === null) this.#options.onAnswer(null);
    this.ask();
  }

  /** To be called whenever the session has changed. */
  ask(): void {
    const params = this.#params;
    const state = this.#options.store.getState();
    const version = networkVersion(state);
    // A network that comes back is asked again: the answer may have failed with what went.
    if (version === null) this.#askedVersion = null;
    if (this.#isClosed || this.#isAsking || params === null || version === null) return;
    if (params === this.#askedParams) {
      if (version === this.#askedVersion) return;
      // A network that stands still is asked at once: nothing is slowed down, and its answer is the last word.
      const wait = followsTraining(state) ? this.#notBefore - performance.now() : 0;
      if (wait > 0) {
        this.#timer ??= setTimeout(() => this.#askAgain(), wait);
        return;
      }
    }
    this.#askedParams = params;
    this.#askedVersion = version;
    void this.#request(params, version);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #askAgain(): void {
    this.#timer = undefined;
    this.ask();
  }

  async #request(params: Params, network: string): Promise<void> {
    const { store, ask, onAnswer, onError, refreshMilliseconds } = this.#options;
    this.#isAsking = true;
    const runId = store.getState().run?.runId;
    const asked = performance.now();
    try {
      const value = await ask(params);
      if (!this.#isClosed && this.#params !== null) onAnswer({ params, value, runId, network });
    } catch (error) {
      if (!this.#isClosed) onError?.(error);
    }
    this.#isAsking = false;
    const now = performance.now();
    const pause = Math.min(longestPause, pauseShare * (now - asked));
    this.#notBefore = now + Math.max(refreshMilliseconds, pause);
    this.ask();
  }
}
