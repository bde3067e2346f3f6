/** Requests that wait for their answer, by id. Each ends: by its answer, by a failure, or when its time is over. */
import type { ErrorCode, ErrorDetails, WorkerError } from '@/protocol/messages';
import {
  requestTable,
  type Progress,
  type Reply,
  type RequestProgress,
  type RequestType,
  type RequestValue,
} from '@/protocol/requests';

/** Why a request was not answered; `code` lets the page choose its text. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: ErrorCode;
  readonly subject: string | null;
  readonly details: ErrorDetails | undefined;
  constructor({ code, message, subject, details }: WorkerError) {
    super(message);
    this.code = code;
    this.subject = subject;
    this.details = details;
  }

  /** As plain data, for the state. */
  get asData(): WorkerError {
    const { code, message, subject, details } = this;
    return { code, message, subject, ...(details === undefined ? {} : { details }) };
  }
}

/** What a request failed with, as plain data. */
export function asWorkerError(error: unknown): WorkerError {
  if (error instanceof RequestError) return error.asData;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', message, subject: null };
}

interface Pending {
  readonly request: RequestType;
  secondsLeft: number;
  readonly reply: (reply: Reply) => void;
  readonly progress: (progress: Progress) => void;
  readonly reject: (error: unknown) => void;
}

/** What goes out of a request, under its id. */
interface RequestPosts {
  readonly post: (requestId: number) => void;
  /** Nobody waits for it any more. */
  readonly cancel: (requestId: number) => void;
}

export class PendingRequests {
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  /** Opens a request and posts it under its id. @throws RequestError; what `signal` was aborted with, where it was */
  open<K extends RequestType>(
    request: K,
    { post, cancel }: RequestPosts,
    onProgress: (progress: RequestProgress<K>) => void = () => undefined,
    signal?: AbortSignal,
  ): Promise<RequestValue<K>> {
    const requestId = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      signal?.addEventListener('abort', () => {
        const pending = this.#take(requestId);
        if (pending === undefined) return;
        cancel(requestId);
        pending.reject(signal.reason);
      });
      this.#pending.set(requestId, {
        request,
        secondsLeft: requestTable[request].seconds,
        reply: (reply) => {
          if (isReplyTo(request, reply)) resolve(reply.value);
        },
        progress: (progress) => {
          if (isProgressOf(request, progress)) onProgress(progress.value);
        },
        reject,
      });
      post(requestId);
    });
  }

  reply(requestId: number, reply: Reply): void {
    this.#take(requestId)?.reply(reply);
  }

  /** Also gives the request its whole time again. */
  progress(requestId: number, progress: Progress): void {
    const pending = this.#pending.get(requestId);
    if (pending === undefined) return;
    pending.secondsLeft = requestTable[pending.request].seconds;
    pending.progress(progress);
  }

  fail(requestId: number, error: WorkerError): void {
    this.#take(requestId)?.reject(new RequestError(error));
  }

  failAll(error: WorkerError): void {
    for (const requestId of this.#pending.keys()) this.fail(requestId, error);
  }

  /** Time went by in which an answer could have come. */
  elapse(seconds: number): void {
    for (const [requestId, pending] of this.#pending) {
      pending.secondsLeft -= seconds;
      if (pending.secondsLeft > 0) continue;
      const { request } = pending;
      const message = `The training worker did not answer "${request}" within ${requestTable[request].seconds} s.`;
      this.fail(requestId, { code: 'timeout', message, subject: null });
    }
  }

  #take(requestId: number): Pending | undefined {
    const pending = this.#pending.get(requestId);
    this.#pending.delete(requestId);
    return pending;
  }
}

function isReplyTo<K extends RequestType>(request: K, reply: Reply): reply is Reply<K> {
  return reply.request === request;
}

function isProgressOf<K extends RequestType>(request: K, progress: Progress): progress is Progress<K> {
  return progress.request === request;
}
