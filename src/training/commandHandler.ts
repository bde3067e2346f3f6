/** From commands to what they start, and from failures to events; free of the worker's globals, so that Node can test it. */
import { assertNever } from '@/model/layers';
import type { Command, WorkerEvent } from '@/protocol/messages';
import type { Request, RequestType } from '@/protocol/requests';
import type { LoadedImages } from '@/training/dataService';
import { EngineSelection, type Backends } from '@/training/engineSelection';
import { LearningRateSweeper } from '@/training/learningRateSweeper';
import { answer } from '@/training/requests';
import { Trainer } from '@/training/trainer';
import { toWorkerError } from '@/training/workerError';

export interface CommandHandlerOptions {
  readonly post: (event: WorkerEvent) => void;
  readonly backends: Backends;
  /** Makes the data's loader, given whom to tell. */
  readonly data: (onChange: () => void) => LoadedImages;
}

export function createCommandHandler({
  post,
  backends,
  data,
}: CommandHandlerOptions): (command: Command) => void {
  const source = data(() => {
    trainer.imagesArrived();
  });
  const trainer: Trainer = new Trainer({
    source,
    emit: post,
    onBusy: (seconds) => post({ type: 'busy', seconds }),
    onEngineLost: (error, info) => engines.lost(error, info),
  });
  const engines = new EngineSelection({ trainer, backends, post });
  const sweeps = new LearningRateSweeper();

  const reply = async <K extends RequestType>({ requestId, request, params }: Request<K>): Promise<void> => {
    try {
      const value = await answer(request, params, { trainer, source, sweeps }, (progress) =>
        post({ type: 'progress', requestId, progress: { request, value: progress } }),
      );
      post({ type: 'reply', requestId, reply: { request, value } });
    } catch (error) {
      post({ type: 'requestFailed', requestId, error: toWorkerError(error) });
    }
  };

  return (command) => {
    switch (command.type) {
      case 'selectBackend':
        void engines.select(command);
        break;
      case 'loadData':
        void source.load();
        break;
      case 'prepare':
        void trainer.prepare(command.runId, command.config, command.weights);
        break;
      case 'restore':
        void trainer.restore(command.runId, command.config, command.kept);
        break;
      case 'train':
        trainer.train(command.runId, command.until);
        break;
      case 'pause':
        trainer.pause(command.runId);
        break;
      case 'setLearningRate':
        trainer.setLearningRate(command.runId, command.learningRate);
        break;
      case 'setEpochs':
        void trainer.setEpochs(command.runId, command.epochs);
        break;
      case 'setStatisticsInterval':
        trainer.setStatisticsInterval(command.interval);
        break;
      case 'stop':
        trainer.stop(command.runId);
        break;
      case 'stopSweep':
        sweeps.stop();
        break;
      case 'ping':
        post({ type: 'pong' });
        break;
      case 'request':
        void reply(command);
        break;
      default:
        assertNever(command);
    }
  };
}
