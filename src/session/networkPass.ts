/**
 * One long question about the network on show: asked once, with its share done and a way to end it, and its answer kept while the page
 * lives. Where `isAutomatic` it is asked by itself when it is looked at, and again when the network changes, as long as answers are quick.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { WorkerError } from '@/protocol/messages';
import type { RequestParams, RequestProgress, RequestType, RequestValue } from '@/protocol/requests';
import { asWorkerError, RequestError } from '@/session/pendingRequests';
import { followsTraining, networkVersion } from '@/session/selectors';
import type { SessionActions, SessionState } from '@/session/sessionState';

export interface PassAnswer<K extends RequestType> {
  readonly value: RequestValue<K>;
  readonly params: RequestParams<K>;
  /** The run whose network answered, and its `networkVersion` when it was asked. */
  readonly runId: string;
  readonly network: string;
  /** That the answer took. */
  readonly seconds: number;
}

export interface PassState<K extends RequestType> {
  /** Null: nothing is asked now. */
  readonly running: {
    readonly params: RequestParams<K>;
    readonly runId: string;
    /** Share done; null before the first sign of it. */
    readonly done: number | null;
  } | null;
  /** The last whole answer of the run at hand; null before the first. */
  readonly answer: PassAnswer<K> | null;
  /** Why the last question was not answered; null where it was, or was ended. */
  readonly error: WorkerError | null;
}

export interface NetworkPassOptions<K extends RequestType> {
  readonly store: Pick<StoreApi<SessionState>, 'getState' | 'subscribe'>;
  readonly ask: SessionActions['ask'];
  readonly request: K;
  readonly isAutomatic: boolean;
  /** Share done, of what is told on the way. */
  readonly doneOf: (progress: RequestProgress<K>) => number;
  readonly onProgress?: (progress: RequestProgress<K>, network: { readonly runId: string }) => void;
}

/** Answers that took longer are not asked for unasked. */
const quickSeconds = 3;
/** While it trains: shortest pause, and pause as a multiple of what the answer took. */
const pauseMilliseconds = 1000;
const pauseShare = 8;

export class NetworkPass<K extends RequestType> {
  readonly state: StoreApi<PassState<K>>;
  readonly #options: NetworkPassOptions<K>;
  #controller: AbortController | null = null;
  /** What is looked at; null: nobody looks. */
  #watched: { readonly params: RequestParams<K> } | null = null;
  /** Version of the network at which a person, or an error, ended it: it is not asked by itself there again. */
  #endedAt: string | null = null;
  #notBefore = 0;
  /** It came too early, such as before the images: it is asked again soon. */
  #cameEarly = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unsubscribe: (() => void) | null = null;

  constructor(options: NetworkPassOptions<K>) {
    this.#options = options;
    this.state = createStore<PassState<K>>(() => ({ running: null, answer: null, error: null }));
  }

  /** From now on the question is this, and its answer kept new. Ends with what it gives. */
  watch(params: RequestParams<K>): () => void {
    this.#watched = { params };
    this.#unsubscribe ??= this.#options.store.subscribe(() => this.#consider());
    this.#consider();
    return () => {
      this.#watched = null;
      this.#unsubscribe?.();
      this.#unsubscribe = null;
      clearTimeout(this.#timer);
      this.#timer = undefined;
      if (this.#options.isAutomatic) this.#controller?.abort();
    };
  }

  /** Asks now. Nothing happens where it is being asked, or no network is there. */
  start(params: RequestParams<K>): void {
    const { store } = this.#options;
    const network = networkVersion(store.getState());
    const runId = store.getState().run?.runId;
    if (this.#controller !== null || network === null || runId === undefined) return;
    void this.#ask(params, runId, network);
  }

  /** Ends what is being asked; the answer of before stays. */
  cancel(): void {
    this.#endedAt = networkVersion(this.#options.store.getState());
    this.#controller?.abort();
  }

  #consider(): void {
    const { store, isAutomatic } = this.#options;
    const state = store.getState();
    const { answer } = this.state.getState();
    const version = networkVersion(state);
    const runId = state.run?.runId;
    // What is said of another network is no answer any more.
    if (runId !== undefined && answer !== null && answer.runId !== runId)
      this.state.setState({ answer: null, error: null });
    const running = this.state.getState().running;
    if (running !== null && running.runId !== runId) this.#controller?.abort();
    const watched = this.#watched;
    if (!isAutomatic || watched === null || version === null || this.#controller !== null) return;
    const { params } = watched;
    const last = this.state.getState().answer;
    if (last?.network === version && last.params === params) return;
    if (version === this.#endedAt) return;
    const isTraining = followsTraining(state);
    if (last === null ? isTraining : last.seconds > quickSeconds) return;
    const wait = isTraining || this.#cameEarly ? this.#notBefore - performance.now() : 0;
    if (wait > 0) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.#consider();
      }, wait);
      return;
    }
    this.start(params);
  }

  async #ask(params: RequestParams<K>, runId: string, network: string): Promise<void> {
    const { ask, request, isAutomatic, doneOf, onProgress } = this.#options;
    const controller = new AbortController();
    this.#controller = controller;
    this.#endedAt = null;
    this.#cameEarly = false;
    this.state.setState({ running: { params, runId, done: null }, error: null });
    const begun = performance.now();
    try {
      const value = await ask(
        request,
        params,
        (progress) => {
          this.state.setState({ running: { params, runId, done: doneOf(progress) } });
          onProgress?.(progress, { runId });
        },
        controller.signal,
      );
      const seconds = (performance.now() - begun) / 1000;
      this.state.setState({ answer: { value, params, runId, network, seconds } });
    } catch (error) {
      this.#cameEarly = isAutomatic && error instanceof RequestError && error.code === 'not_ready';
      if (!controller.signal.aborted && !this.#cameEarly) {
        this.#endedAt = network;
        this.state.setState({ error: asWorkerError(error) });
      }
    }
    this.#controller = null;
    this.state.setState({ running: null });
    const now = performance.now();
    this.#notBefore = now + Math.max(pauseMilliseconds, pauseShare * (now - begun));
    this.#consider();
  }
}
