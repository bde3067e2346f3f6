/** From commands to what they start, and from failures to events; free of the worker's globals, so that Node can test it. */
import { memoryDataSets, type DataSetStore } from '@/storage/dataSets/dataSetStore';
import type { RunEnvironment } from '@/storage/runs/runSchema';
import type { RunStore } from '@/storage/runs/runStore';
import type { BackendInfo } from '@/model/backend';
import type { EngineState } from '@/model/engineState';
import { assertNever } from '@/model/layers';
import { optimizerSlots } from '@/model/optimizers';
import type { RunConfig } from '@/model/runConfig';
import type { Command, WorkerError, WorkerEvent } from '@/protocol/messages';
import type { Request, RequestType } from '@/protocol/requests';
import type { DataSpec } from '@/model/dataSet';
import type { LoadedImages } from '@/training/dataService';
import type { CreateEngine } from '@/training/engineHost';
import { withNetworkCopy } from '@/training/networkCopy';
import { DataImports } from '@/training/dataSets/dataImports';
import { DataSets } from '@/training/dataSets/dataSets';
import { CurvatureMeter } from '@/training/curvature/curvatureMeter';
import { EngineSelection, type Backends } from '@/training/engineSelection';
import { RangeTester } from '@/training/rangeTester';
import { RunRecorder } from '@/training/recording/runRecorder';
import { TimeTravel } from '@/training/replay/timeTravel';
import { answer, type RequestContext } from '@/training/requests';
import { SecondEngine } from '@/training/secondEngine';
import { NotReadyError } from '@/training/workerError';
import { Trainer } from '@/training/trainer';
import { toWorkerError } from '@/training/workerError';

export interface CommandHandlerOptions {
  readonly post: (event: WorkerEvent) => void;
  readonly backends: Backends;
  /** Makes the data's loader, given whom to tell. */
  readonly data: (onChange: () => void) => LoadedImages;
  /** Where runs are kept. */
  readonly runs: Promise<RunStore>;
  /** Where data sets of one's own are kept. */
  readonly dataSets?: Promise<DataSetStore>;
  /** What the page and its browser are. */
  readonly visit: Pick<RunEnvironment, 'browser' | 'pageVersion'>;
}

/** Without what an optimizer of another kind keeps. */
function branchState(state: EngineState, { optimizer }: RunConfig): EngineState {
  const given = Object.keys(state.optimizer);
  const wanted = optimizerSlots(optimizer);
  const fits = given.length === wanted.length && wanted.every((slot) => given.includes(slot));
  return fits ? state : { ...state, optimizer: {} };
}

const elsewhere: WorkerError = {
  code: 'elsewhere',
  message: 'Another tab has this run open.',
  subject: null,
};

export function createCommandHandler({
  post,
  backends,
  data,
  runs,
  dataSets = Promise.resolve(memoryDataSets()),
  visit,
}: CommandHandlerOptions): (command: Command) => void {
  const environmentOf = ({ engine, backend, device, isSoftware }: BackendInfo): RunEnvironment => ({
    engine,
    backend,
    device,
    isSoftware,
    ...visit,
  });
  const onImages = (): void => trainer.imagesArrived();
  const source = new DataSets({
    mnist: data(onImages),
    store: dataSets,
    onChange: onImages,
    onList: (sets, isPersistent) => {
      post({ type: 'dataSets', sets: sets.map(({ spec }) => spec), isPersistent });
      if (waiting !== null) void openData(waiting.runId, waiting.data);
    },
  });
  const imports = new DataImports(source);
  /** The run at hand, whose data is not kept here: it waits until it is. */
  let waiting: { readonly runId: string; readonly data: DataSpec | undefined } | null = null;
  const openData = async (runId: string, dataOfRun: DataSpec | undefined): Promise<void> => {
    const wasMissing = waiting?.runId === runId;
    waiting = null;
    try {
      await source.open(dataOfRun);
      if (wasMissing) post({ type: 'runData', runId, isMissing: false });
    } catch {
      // Storage that fails has it not either.
      waiting = { runId, data: dataOfRun };
      post({ type: 'runData', runId, isMissing: true });
    }
  };
  /** Another engine like the one in use. */
  const open: CreateEngine = async (onDeviceError) => {
    const info = trainer.engineInfo;
    if (info === null) throw new NotReadyError('No backend is ready yet.');
    const request = { choice: info.backend, reference: info.engine === 'tfjs' };
    return (await backends.open(request, onDeviceError, () => undefined)).engine;
  };
  const onBusy = (seconds: number): void => post({ type: 'busy', seconds });
  const second = new SecondEngine({ source, open, inUse: () => trainer.engineInfo, onBusy });
  const curvature = new CurvatureMeter(second, source);
  const trainer: Trainer = new Trainer({
    source,
    curvature,
    emit: (event) => recorder.hear(event),
    onBusy,
    onEngineLost: (error, info) => engines.lost(error, info),
  });
  const engines = new EngineSelection({ trainer, backends, post });
  const rangeTests = new RangeTester();
  const recorder = new RunRecorder({
    store: runs,
    post,
    environment: () => (trainer.engineInfo === null ? null : environmentOf(trainer.engineInfo)),
  });
  const travel = new TimeTravel({
    store: runs,
    second,
    environmentOf,
    openData: (ofRun) => source.open(ofRun),
  });
  const withCopy: RequestContext['withCopy'] = (task) => withNetworkCopy({ trainer, second }, task);
  const showStep: RequestContext['showStep'] = async ({ runId, step, exactly }, tell) => {
    const { run } = recorder;
    if (step === null || run?.id !== runId) {
      leave();
      return null;
    }
    trainer.shown = travel;
    return travel.show(run, step, { exactly, perStep: trainer.millisecondsPerStep }, tell);
  };
  const leave = (): void => {
    trainer.shown = null;
    travel.leave();
  };
  /** Of the requests that are not answered yet, by id. */
  const pending = new Map<number, AbortController>();
  /** A run is being read from storage; what is said meanwhile is heard afterwards. */
  let reopening: Promise<void> | null = null;

  const reply = async <K extends RequestType>({ requestId, request, params }: Request<K>): Promise<void> => {
    const controller = new AbortController();
    pending.set(requestId, controller);
    try {
      const value = await answer(
        request,
        params,
        {
          trainer,
          source,
          imports,
          rangeTests,
          showStep,
          withCopy,
          runs,
          second,
          curvature,
          hear: (event) => recorder.hear(event),
          recordedRun: () => recorder.run,
        },
        (progress) => post({ type: 'progress', requestId, progress: { request, value: progress } }),
        controller.signal,
      );
      post({ type: 'reply', requestId, reply: { request, value } });
    } catch (error) {
      post({ type: 'requestFailed', requestId, error: toWorkerError(error) });
    } finally {
      pending.delete(requestId);
    }
  };

  const restore = async ({ runId, config, kept }: Extract<Command, { type: 'restore' }>): Promise<void> => {
    try {
      const found = await recorder.reopen(runId, config, kept).catch(() => ({ config, kept }));
      if (found !== null) {
        void trainer.restore(runId, found.config, found.kept);
        void openData(runId, found.config.data);
      } else post({ type: 'runFailed', runId, error: elsewhere });
    } finally {
      reopening = null;
    }
  };

  const branch = async ({ runId, config, parent }: Extract<Command, { type: 'branch' }>): Promise<void> => {
    try {
      const { run } = recorder;
      if (run?.id !== parent.runId) throw new NotReadyError('The run is not at hand any more.');
      await travel.show(run, parent.step, { exactly: true, perStep: null }, () => undefined);
      const state = await travel.use((engine) => engine.readState());
      leave();
      const kept = recorder.branch(runId, config, parent.runId, branchState(state, config));
      if (kept !== null) {
        void trainer.restore(runId, config, kept);
        void openData(runId, config.data);
      }
    } catch (error) {
      post({ type: 'runFailed', runId, error: toWorkerError(error) });
    } finally {
      reopening = null;
    }
  };

  const hear = (command: Command): void => {
    if (reopening !== null && command.type !== 'ping') {
      void reopening.then(() => hear(command));
      return;
    }
    switch (command.type) {
      case 'selectBackend':
        void engines.select(command);
        break;
      case 'loadData':
        void source.load();
        break;
      case 'prepare':
        leave();
        recorder.begin(command.runId, command.config, command.sweep);
        void trainer.prepare(command.runId, command.config, command.weights);
        void openData(command.runId, command.config.data);
        break;
      case 'restore':
        leave();
        reopening = restore(command);
        break;
      case 'branch':
        reopening = branch(command);
        break;
      case 'train':
        trainer.train(command.runId, command.until);
        break;
      case 'pause':
        trainer.pause(command.runId);
        break;
      case 'setLearningRate':
        void trainer.setLearningRate(command.runId, command.learningRate);
        break;
      case 'setEpochs':
        void trainer.setEpochs(command.runId, command.epochs);
        break;
      case 'setStatisticsInterval':
        trainer.setStatisticsInterval(command.interval);
        break;
      case 'setCurvature':
        curvature.settings = command.settings;
        break;
      case 'setKeyframeBytes':
        trainer.keyframeBytes = command.bytes;
        recorder.keyframeBytes = command.bytes;
        break;
      case 'stop':
        trainer.stop(command.runId);
        break;
      case 'stopRangeTest':
        rangeTests.stop();
        break;
      case 'cancelRequest':
        pending.get(command.requestId)?.abort();
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
  return hear;
}
