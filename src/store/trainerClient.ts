/** Owns the training worker: sends commands, hands events on, and makes promises of requests. */
import type { Command, WorkerError, WorkerEvent } from '@/protocol/messages';
import { pagePort } from '@/protocol/port';
import type { Request, RequestParams, RequestProgress, RequestType, RequestValue } from '@/protocol/requests';
import { PendingRequests } from '@/store/pendingRequests';

export interface TrainerClient {
  send(command: Exclude<Command, Request>): void;
  /** @throws RequestError */
  request<K extends RequestType>(
    request: K,
    params: RequestParams<K>,
    onProgress?: (progress: RequestProgress<K>) => void,
  ): Promise<RequestValue<K>>;
  /** Ends the worker at once; open requests fail. */
  terminate(): void;
}

/** What a client hands on: every event but those of requests. */
export type SessionEvent = Exclude<WorkerEvent, { readonly type: 'reply' | 'requestFailed' | 'progress' }>;

export interface TrainerClientHandlers {
  readonly onEvent: (event: SessionEvent) => void;
  /** The worker could not be loaded, or died; the client is of no more use. */
  readonly onCrash: (error: WorkerError) => void;
}

/** Starts a worker. */
export function startTrainerClient(handlers: TrainerClientHandlers): TrainerClient {
  const worker = new Worker(new URL('../training/worker.ts', import.meta.url), {
    type: 'module',
    name: 'training',
  });
  const port = pagePort(worker);
  const pending = new PendingRequests();
  const clock = setInterval(() => pending.elapse(1), 1000);

  const end = (error: WorkerError): void => {
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
    crash(event.message === '' ? 'The training worker stopped without saying why.' : event.message);
  });
  worker.addEventListener('messageerror', () => {
    crash('A message of the training worker could not be read.');
  });
  port.receive((event) => {
    if (event.type === 'reply') pending.reply(event.requestId, event.reply);
    else if (event.type === 'progress') pending.progress(event.requestId, event.progress);
    else if (event.type === 'requestFailed') pending.fail(event.requestId, event.error);
    else handlers.onEvent(event);
  });

  return {
    send: port.post,
    request: (request, params, onProgress) =>
      pending.open(
        request,
        (requestId) => port.post({ type: 'request', requestId, request, params }),
        onProgress,
      ),
    terminate: () => {
      end({ code: 'not_ready', message: 'The training worker was stopped.', subject: null });
    },
  };
}
