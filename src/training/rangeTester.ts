/** The learning-rate finder in the worker: a copy of the configuration, trained at rising rates on the lent engine. */
import type { Engine, EngineState } from '@/engine/engine';
import { hasDiverged, rangeTestRate, type RangeTest, type RangeTestPoint } from '@/model/rangeTest';
import { stepsPerEpoch, type RunConfig } from '@/model/runConfig';
import type { RequestParams, RequestValue } from '@/protocol/requests';
import { checkConfig } from '@/training/checkConfig';
import type { EngineHost } from '@/training/engineHost';
import { EventLoopYielder } from '@/training/eventLoop';
import type { Trainer } from '@/training/trainer';
import { NotReadyError } from '@/training/workerError';

type RangeTestRequest = RequestParams<'runRangeTest'>;
type OnPoint = (point: RangeTestPoint) => void;

/** How many images have to be there: in file order those of the steps, else all. */
function imagesNeeded(config: RunConfig, { steps }: RangeTest): number {
  const isPart = !config.shuffle && steps <= stepsPerEpoch(config);
  return isPart ? Math.min(steps * config.batchSize, config.trainingImages) : config.trainingImages;
}

export class RangeTester {
  #isStopped = false;

  stop(): void {
    this.#isStopped = true;
  }

  /** `onPoint` hears of each step. @throws NotReadyError before a backend and the images are there; EngineError where the settings do not work */
  rangeTest(
    request: RangeTestRequest,
    trainer: Trainer,
    onPoint: OnPoint,
  ): Promise<RequestValue<'runRangeTest'>> {
    this.#isStopped = false;
    // One rate for a step: nothing else may change it.
    const config: RunConfig = { ...request.config, schedule: { kind: 'constant' }, warmupSteps: 0 };
    checkConfig(config);
    return trainer.lendEngine((engine, host, parameters) => {
      const isCopy = request.weights === 'current' && parameters !== null;
      const state = isCopy ? { step: 0, parameters, optimizer: {} } : undefined;
      return this.#run(request.rangeTest, { config, state }, { engine, host }, onPoint);
    });
  }

  async #run(
    rangeTest: RangeTest,
    { config, state }: { readonly config: RunConfig; readonly state: EngineState | undefined },
    { engine, host }: { readonly engine: Engine; readonly host: EngineHost },
    onPoint: OnPoint,
  ): Promise<RequestValue<'runRangeTest'>> {
    const needed = imagesNeeded(config, rangeTest);
    if (host.available('train', config.data) < needed) {
      throw new NotReadyError(`The rangeTest needs ${needed} training images; they are still loading.`);
    }
    const yielder = new EventLoopYielder();
    const points: RangeTestPoint[] = [];
    try {
      await engine.compile(config, state);
      await host.makeResident(engine, 'train', config.data, needed);
      engine.setStatisticsInterval(null);
      while (points.length < rangeTest.steps && !this.#isStopped && !hasDiverged(points)) {
        const learningRate = rangeTestRate(rangeTest, points.length);
        engine.setLearningRate(learningRate);
        await engine.step(1);
        const { loss } = await engine.readMetrics();
        const point = { learningRate, loss: loss.at(-1) ?? Number.NaN };
        points.push(point);
        onPoint(point);
        // Lets a stop in.
        await yielder.turn();
      }
      return { steps: points.length };
    } finally {
      yielder.close();
    }
  }
}
