/** The only place that calls postMessage: both ends of the conversation, typed, with what each message transfers. */
import type { Command, WorkerEvent } from '@/protocol/messages';
import { replyTransfers, requestTransfers } from '@/protocol/requests';

/** What Worker, DedicatedWorkerGlobalScope and MessagePort have in common. */
export interface MessageEndpoint {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

export interface Port<Out, In> {
  readonly post: (message: Out) => void;
  /** Hears every message from now on. */
  readonly receive: (handler: (message: In) => void) => void;
}

/** The page's end: commands go out, events come in. */
export function pagePort(worker: MessageEndpoint): Port<Command, WorkerEvent> {
  return openPort(worker, commandTransfers);
}

/** The worker's end. */
export function workerPort(scope: MessageEndpoint): Port<WorkerEvent, Command> {
  return openPort(scope, eventTransfers);
}

function openPort<Out, In>(
  endpoint: MessageEndpoint,
  transfersOf: (message: Out) => Transferable[],
): Port<Out, In> {
  return {
    post: (message) => {
      endpoint.postMessage(message, transfersOf(message));
    },
    receive: (handler) => {
      endpoint.addEventListener('message', (event: MessageEvent<In>) => {
        handler(event.data);
      });
    },
  };
}

function commandTransfers(command: Command): Transferable[] {
  return command.type === 'request' ? requestTransfers(command) : [];
}

function eventTransfers(event: WorkerEvent): Transferable[] {
  if (event.type === 'metrics') return [event.loss.buffer, event.accuracy.buffer, event.learningRate.buffer];
  return event.type === 'reply' ? replyTransfers(event.reply) : [];
}
