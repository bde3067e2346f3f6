/** The only place that calls postMessage: both ends of the conversation, typed, with what each message transfers. */
import { assertNever } from '@/model/layers';
import type { Command, Reply, WorkerEvent } from '@/protocol/messages';

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
  switch (command.type) {
    case 'importWeights':
      return [command.file];
    // The page goes on showing the drawing and the lab, so their small arrays are copied.
    case 'predict':
    case 'convolve':
    case 'layerInput':
    case 'selectBackend':
    case 'loadData':
    case 'prepare':
    case 'train':
    case 'pause':
    case 'setLearningRate':
    case 'setStatisticsInterval':
    case 'stop':
    case 'testImages':
    case 'exportWeights':
    case 'stopSweep':
    case 'sweepLearningRate':
      return [];
    default:
      return assertNever(command);
  }
}

function eventTransfers(event: WorkerEvent): Transferable[] {
  switch (event.type) {
    case 'metrics':
      return [event.loss.buffer, event.accuracy.buffer, event.learningRate.buffer];
    case 'reply':
      return replyTransfers(event.reply);
    case 'backendProbing':
    case 'backendReady':
    case 'backendFailed':
    case 'dataProgress':
    case 'dataReady':
    case 'dataFailed':
    case 'runStatus':
    // A few hundred numbers about once a second.
    case 'statistics':
    case 'evaluated':
    case 'runFailed':
    case 'sweepPoint':
    case 'requestFailed':
      return [];
    default:
      return assertNever(event);
  }
}

function replyTransfers(reply: Reply): Transferable[] {
  switch (reply.request) {
    case 'predict':
      return [reply.value.probabilities.buffer];
    case 'testImages':
      return [reply.value.images.buffer, reply.value.labels.buffer];
    case 'convolve':
      return [reply.value.output.buffer];
    case 'layerInput':
      return [reply.value.input.buffer, reply.value.kernel.buffer];
    case 'exportWeights':
      return [reply.value.file];
    case 'importWeights':
    case 'sweepLearningRate':
      return [];
    default:
      return assertNever(reply);
  }
}
