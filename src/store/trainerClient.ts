/** Owns the training worker: sends commands, hands events on, and makes promises of requests. */
import { assertNever } from '@/model/layers';
import type {
  Command,
  ErrorCode,
  Reply,
  ReplyMap,
  Request,
  RequestType,
  WorkerError,
  WorkerEvent,
} from '@/protocol/messages';
import { pagePort } from '@/protocol/port';

/** Why a request was not answered; `code` lets the page choose its text. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: ErrorCode;
  readonly subject: string | null;
  constructor(error: WorkerError) {
    super(error.message);
    this.code = error.code;
    this.subject = error.subject;
  }
}

export interface TrainerClient {
  send(command: Exclude<Command, Request>): void;
  /** @throws RequestError */
  request<T extends RequestType>(type: T, command: (requestId: number) => Request): Promise<ReplyMap[T]>;
  /** Ends the worker at once; open requests fail. */
  terminate(): void;
}

export interface TrainerClientHandlers {
  /** Every event but answers to requests. */
  readonly onEvent: (event: WorkerEvent) => void;
  /** The worker could not be loaded, or died; the client is of no more use. */
  readonly onCrash: (error: WorkerError) => void;
}

interface Pending<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: RequestError) => void;
}
type PendingRequests = { readonly [K in RequestType]: Map<number, Pending<ReplyMap[K]>> };

/** Starts a worker. */
export function startTrainerClient(handlers: TrainerClientHandlers): TrainerClient {
  const worker = new Worker(new URL('../training/worker.ts', import.meta.url), {
    type: 'module',
    name: 'training',
  });
  const port = pagePort(worker);
  const pending: PendingRequests = {
    predict: new Map(),
    testImages: new Map(),
    convolve: new Map(),
    layerInput: new Map(),
    exportWeights: new Map(),
    importWeights: new Map(),
    sweepLearningRate: new Map(),
  };
  let nextRequestId = 1;

  const crash = (message: string): void => {
    const error: WorkerError = { code: 'internal', message, subject: null };
    worker.terminate();
    failAll(pending, error);
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
    switch (event.type) {
      case 'reply':
        settle(pending, event.requestId, event.reply);
        break;
      case 'requestFailed':
        fail(pending, event.requestId, event.error);
        break;
      case 'backendProbing':
      case 'backendReady':
      case 'backendFailed':
      case 'dataProgress':
      case 'dataReady':
      case 'dataFailed':
      case 'runStatus':
      case 'metrics':
      case 'statistics':
      case 'evaluated':
      case 'runFailed':
      case 'sweepPoint':
        handlers.onEvent(event);
        break;
      default:
        assertNever(event);
    }
  });

  return {
    send: port.post,
    request: (type, command) =>
      new Promise((resolve, reject) => {
        const requestId = nextRequestId;
        nextRequestId += 1;
        pending[type].set(requestId, { resolve, reject });
        port.post(command(requestId));
      }),
    terminate: () => {
      worker.terminate();
      failAll(pending, { code: 'not_ready', message: 'The training worker was stopped.', subject: null });
    },
  };
}

function settle(pending: PendingRequests, requestId: number, reply: Reply): void {
  switch (reply.request) {
    case 'predict':
      take(pending.predict, requestId)?.resolve(reply.value);
      break;
    case 'testImages':
      take(pending.testImages, requestId)?.resolve(reply.value);
      break;
    case 'convolve':
      take(pending.convolve, requestId)?.resolve(reply.value);
      break;
    case 'layerInput':
      take(pending.layerInput, requestId)?.resolve(reply.value);
      break;
    case 'exportWeights':
      take(pending.exportWeights, requestId)?.resolve(reply.value);
      break;
    case 'importWeights':
      take(pending.importWeights, requestId)?.resolve(reply.value);
      break;
    case 'sweepLearningRate':
      take(pending.sweepLearningRate, requestId)?.resolve(reply.value);
      break;
    default:
      assertNever(reply);
  }
}

function fail(pending: PendingRequests, requestId: number, error: WorkerError): void {
  for (const requests of Object.values(pending)) {
    take<Pending<never>>(requests, requestId)?.reject(new RequestError(error));
  }
}

function failAll(pending: PendingRequests, error: WorkerError): void {
  for (const requests of Object.values(pending)) {
    for (const request of requests.values()) request.reject(new RequestError(error));
    requests.clear();
  }
}

function take<T>(requests: Map<number, T>, requestId: number): T | undefined {
  const request = requests.get(requestId);
  requests.delete(requestId);
  return request;
}
