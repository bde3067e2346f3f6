/** From commands to what they start, and from failures to events; free of the worker's globals, so that Node can test it. */
import type { BackendProbe } from '@/model/backend';
import type { BackendInfo, EngineError } from '@/engine/engine';
import { assertNever } from '@/model/layers';
import type { BackendDescription, Command, WorkerEvent } from '@/protocol/messages';
import type { Request, RequestType } from '@/protocol/requests';
import type { DataService } from '@/training/dataService';
import type { EngineRequest, OpenedEngine } from '@/training/openEngine';
import { LearningRateSweeper } from '@/training/learningRateSweeper';
import { answer } from '@/training/requests';
import { Trainer } from '@/training/trainer';
import { toWorkerError } from '@/training/workerError';

/** Finds out what this machine can do, and opens what was chosen. */
export interface Backends {
  readonly probe: () => Promise<readonly BackendProbe[]>;
  /**
   * `onDeviceError` hears of a lost device at once, `onInfoChange` of an engine that is no longer what it said.
   * @throws EngineError when the choice does not work here
   */
  readonly open: (
    request: EngineRequest,
    onDeviceError: (error: EngineError) => void,
    onInfoChange: () => void,
  ) => Promise<OpenedEngine>;
}

export interface CommandHandlerOptions {
  readonly post: (event: WorkerEvent) => void;
  readonly backends: Backends;
  /** Makes the data's loader, given whom to tell. */
  readonly data: (onChange: () => void) => DataService;
}

export function createCommandHandler({
  post,
  backends,
  data,
}: CommandHandlerOptions): (command: Command) => void {
  const source = data(() => {
    trainer.imagesArrived();
  });
  const trainer = new Trainer({ source, emit: post });
  const sweeps = new LearningRateSweeper();

  const selectBackend = async (request: EngineRequest): Promise<void> => {
    try {
      await trainer.useEngine(async () => {
        post({ type: 'backendProbing' });
        let opened: OpenedEngine | null = null;
        const announce = (): void => {
          if (opened === null) return;
          const { engine, probes, fallbackReason } = opened;
          const reason = fallbackReason === null ? {} : { fallbackReason };
          post({ type: 'backendReady', backend: { ...describe(engine.info), ...reason }, probes });
        };
        opened = await backends.open(request, trainer.deviceFailed, announce);
        announce();
        return opened.engine;
      });
    } catch (error) {
      post({ type: 'backendFailed', error: toWorkerError(error), probes: await backends.probe() });
    }
  };
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
        void selectBackend(command);
        break;
      case 'loadData':
        void source.load();
        break;
      case 'prepare':
        void trainer.prepare(command.runId, command.config, command.weights);
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
      case 'request':
        void reply(command);
        break;
      default:
        assertNever(command);
    }
  };
}

function describe({ limits, ...info }: BackendInfo): BackendDescription {
  return { ...info, ...limits };
}
