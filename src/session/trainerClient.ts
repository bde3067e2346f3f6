/** Owns the training worker: sends commands, hands events on, and makes promises of requests. */
import type { Command, WorkerError, WorkerEvent } from '@/protocol/messages';
import { pagePort } from '@/protocol/port';
import type { Request, RequestParams, RequestProgress, RequestType, RequestValue } from '@/protocol/requests';
import { Heartbeat, type WorkerPulse } from '@/session/heartbeat';
import { PendingRequests } from '@/session/pendingRequests';

export interface TrainerClient {
  send(command: Exclude<Command, Request>): void;
  /** @throws RequestError; what `signal` was aborted with, where it was: the worker is told then, and ends what it does */
  request<K extends RequestType>(
    request: K,
    params: RequestParams<K>,
    onProgress?: (progress: RequestProgress<K>) => void,
    signal?: AbortSignal,
  ): Promise<RequestValue<K>>;
  /** Ends the worker at once; open requests fail. */
  terminate(): void;
}

/** What a client hands on: every event but those of requests and of the worker's own life. */
export type SessionEvent = Exclude<
  WorkerEvent,
  { readonly type: 'started' | 'pong' | 'busy' | 'reply' | 'requestFailed' | 'progress' }
>;

export interface TrainerClientHandlers {
  readonly onEvent: (event: SessionEvent) => void;
  /** The worker could not be loaded, or died; the client is of no more use. */
  readonly onCrash: (error: WorkerError) => void;
  readonly onPulse: (pulse: WorkerPulse) => void;
}

/** Starts a worker. */
export function startTrainerClient(handlers: TrainerClientHandlers): TrainerClient {
  const worker = new Worker(new URL('../training/worker.ts', import.meta.url), {
    type: 'module',
    name: 'training',
  });
  const port = pagePort(worker);
  const pending = new PendingRequests();
  const heartbeat = new Heartbeat({ ask: () => port.post({ type: 'ping' }), onChange: handlers.onPulse });
  const clock = setInterval(() => heartbeat.tick(), 1000);
  const life = new AbortController();

  const end = (error: WorkerError): void => {
    life.abort();
    worker.terminate();
    clearInterval(clock);
    pending.failAll(error);
  };
  const crash = (message: string): void => {
    const error: WorkerError = { code: 'internal', message, subject: null };
    end(error);
    handlers.onCrash(error);
  };
  // Errors inside the worker are caught there and told as events; what arrives here is a script that did not load or ran out of memory.
  worker.addEventListener('error', (event) => {
    crash(event.message === '' ? 'Its script could not be loaded, or it ran out of memory.' : event.message);
  });
  worker.addEventListener('messageerror', () => {
    crash('A message of the training worker could not be read.');
  });
  const watchLock = (lock: string): void => {
    // The browser lets the page have it when the worker has ended, also where that says nothing.
    const ended = navigator.locks.request(lock, { signal: life.signal }, () =>
      crash('It ended without a word.'),
    );
    // Not asked for any more, or refused: then the heartbeat tells, only later.
    ended.catch(() => undefined);
  };
  port.receive((event) => {
    if (life.signal.aborted) return;
    if (event.type === 'pong') {
      heartbeat.answered();
      // Only time in which the worker could have answered counts.
      pending.elapse(1);
    } else if (event.type === 'busy') heartbeat.busy(event.seconds);
    else if (event.type === 'started') {
      heartbeat.answered();
      if (event.lock !== null) watchLock(event.lock);
    } else if (event.type === 'reply') pending.reply(event.requestId, event.reply);
    else if (event.type === 'progress') pending.progress(event.requestId, event.progress);
    else if (event.type === 'requestFailed') pending.fail(event.requestId, event.error);
    else handlers.onEvent(event);
  });

  return {
    send: port.post,
    request: (request, params, onProgress, signal) =>
      pending.open(
        request,
        {
          post: (requestId) => port.post({ type: 'request', requestId, request, params }),
          cancel: (requestId) => port.post({ type: 'cancelRequest', requestId }),
        },
        onProgress,
        signal,
      ),
    terminate: () => {
      end({ code: 'not_ready', message: 'The training worker was stopped.', subject: null });
    },
  };
}
