/** Answers what the page asks about the network and the data: one handler for each entry of protocol/requests.ts. */
import type { ImageSet } from '@/data/imageSet';
import { imageBytes } from '@/data/manifest';
import type { Engine } from '@/engine/engine';
import { argmax } from '@/model/argmax';
import { adversarialExample } from '@/training/explain/adversarial';
import { explain } from '@/training/explain/explain';
import { occlusion } from '@/training/explain/occlusion';
import { convolveOnDevice } from '@/engine/tfjs/convolve';
import { loadStateDict } from '@/formats/loadStateDict';
import { openWeightFile } from '@/formats/weightFile';
import { dataOf } from '@/model/dataSet';
import { readFrom } from '@/model/weightsOrigin';
import type { RequestParams, RequestProgress, RequestType, RequestValue } from '@/protocol/requests';
import { checkConfig } from '@/training/checkConfig';
import { exportFile } from '@/training/exportFile';
import type { CurvatureMeter } from '@/training/curvature/curvatureMeter';
import { measureCurvature } from '@/training/curvature/measureCurvature';
import { convolutionFilters } from '@/training/filters';
import { hiddenActivations } from '@/training/hiddenActivations';
import { exportDrawings, readDrawings } from '@/training/dataSets/drawingFiles';
import type { DataImports } from '@/training/dataSets/dataImports';
import type { DataSets } from '@/training/dataSets/dataSets';
import { openImages } from '@/training/engineHost';
import { layerInput } from '@/training/layerInput';
import { linearUnit } from '@/training/linearUnit';
import { evaluationPace } from '@/training/landscape/evaluationPace';
import { surveyLandscape } from '@/training/landscape/surveyLandscape';
import type { NetworkCopy } from '@/training/networkCopy';
import type { RangeTester } from '@/training/rangeTester';
import { corruptionAccuracies } from '@/training/robustness';
import type { RunStore } from '@/storage/runs/runStore';
import type { NetworkAtStep } from '@/training/replay/timeTravel';
import type { ReplayedRun } from '@/training/replay/replayedRun';
import type { RunEvent } from '@/training/runEvent';
import type { SecondEngine } from '@/training/secondEngine';
import { readLogits, testPredictions } from '@/training/testPredictions';
import type { Trainer } from '@/training/trainer';
import { NotReadyError } from '@/training/workerError';

/** What handlers work with. */
export interface RequestContext {
  readonly trainer: Trainer;
  readonly source: DataSets;
  readonly imports: DataImports;
  readonly rangeTests: RangeTester;
  readonly runs: Promise<RunStore>;
  /** Runs a task with a copy of the network on show (networkCopy.ts). */
  readonly withCopy: <T>(task: (copy: NetworkCopy, network: NetworkAtStep) => Promise<T>) => Promise<T>;
  readonly second: SecondEngine;
  readonly curvature: CurvatureMeter;
  /** Hears what becomes a part of the run's record. */
  readonly hear: (event: RunEvent) => void;
  /** The run at hand as it is recorded; null where it is not. */
  readonly recordedRun: () => ReplayedRun | null;
  readonly showStep: (
    params: RequestParams<'showStep'>,
    tell: (progress: RequestProgress<'showStep'>) => void,
  ) => Promise<RequestValue<'showStep'>>;
}

type Handlers = {
  readonly [K in RequestType]: (
    params: RequestParams<K>,
    context: RequestContext,
    tell: (progress: RequestProgress<K>) => void,
    signal: AbortSignal,
  ) => RequestValue<K> | Promise<RequestValue<K>>;
};

const handlers: Handlers = {
  predict: async ({ images, count }, { trainer }) => {
    if (count < 1 || images.length < count * imageBytes) {
      throw new RangeError(`${count} images take ${count * imageBytes} bytes, not ${images.length}.`);
    }
    return trainer.withNetwork(async (engine, { step }) => ({
      ...readLogits(await engine.predict(images, count)),
      step,
    }));
  },

  memoryNeed: async ({ config }, { trainer }) => {
    checkConfig(config);
    return trainer.withEngine((engine) => Promise.resolve(engine.memoryNeed(config)));
  },

  showStep: (params, { showStep }, tell) => showStep(params, tell),

  keyframeSteps: async ({ runId }, { runs }) => (await runs).keyframeSteps(runId),

  testImages: async ({ indices, data }, { source }) => {
    const { test } = await openImages(source, data);
    return testImages(test, indices);
  },

  readDataSet: (params, { imports }, tell, signal) => imports.read(params, tell, signal),

  keepDataSet: (names, { imports }) => imports.keep(names),

  renameDataSet: async ({ sha256, ...names }, { source }) => {
    await source.rename(sha256, names);
    return null;
  },

  removeDataSet: async ({ sha256 }, { source }) => {
    await source.remove(sha256);
    return null;
  },

  exportDataSet: ({ data }, { imports }) => imports.exported(data),

  keepDrawings: ({ drawings }, { imports }) => imports.keepDrawings(drawings),

  exportDrawings: ({ drawings, ...names }) => exportDrawings(drawings, names),

  readDrawings: ({ files }) => readDrawings(files),

  testPredictions: (_, { trainer, source }, tell, signal) =>
    trainer.withNetwork(async (engine, { step, config }) => {
      const { test } = await openImages(source, config.data);
      // Of some of them figures would look like those of all.
      if (test.count < dataOf(config).testImages)
        throw new NotReadyError('The test images are not there yet.');
      const found = await testPredictions(engine, test, tell, signal);
      return { ...found, step, images: found.images.slice(0, found.labels.length * imageBytes) };
    }),

  hiddenActivations: ({ count }, { trainer, source }, tell, signal) =>
    trainer.withNetwork(async (engine, { config, step }) => {
      const { test } = await openImages(source, config.data);
      const most = Math.min(count, dataOf(config).testImages);
      return {
        ...(await hiddenActivations(engine, config.network, test, most, tell, signal)),
        step,
      };
    }),

  corruptionAccuracies: (params, { withCopy, source }, tell, signal) =>
    withCopy(async (engine, { config, step }) => {
      const { test } = await openImages(source, config.data);
      const count = Math.min(params.count, dataOf(config).testImages);
      return {
        ...(await corruptionAccuracies(engine, test, { ...params, count }, tell, signal)),
        step,
      };
    }),

  lossLandscape: (settings, context, tell, signal) => surveyLandscape(settings, context, tell, signal),

  curvature: measureCurvature,

  evaluationPace: (_, { trainer, source }) =>
    trainer.withNetwork(async (engine, { config }) =>
      evaluationPace(engine, (await openImages(source, config.data)).test),
    ),

  convolve: ({ problem }, { trainer }) => trainer.withEngine(() => convolveOnDevice(problem)),

  layerInput: async ({ image, layer, filter }, { trainer }) =>
    trainer.withNetwork(async (engine, { config: { network }, step }) => ({
      ...(await layerInput(engine, network, image, layer, filter)),
      step,
    })),

  filters: ({ layer, filters, channels }, { trainer }) =>
    trainer.withNetwork(async (engine, { config, step }) => ({
      ...(await convolutionFilters(engine, config, trainer.initialParameters, { layer, filters, channels })),
      step,
    })),

  linearUnit: ({ image, layer, unit }, { trainer }) =>
    trainer.withNetwork(async (engine, { config: { network }, step }) => ({
      ...(await linearUnit(engine, network, image, layer, unit)),
      step,
    })),

  activations: ({ images, count, layers }, { trainer }) =>
    trainer.withNetwork(async (engine, { step }) => ({
      activations: await engine.activations(images, count, layers),
      step,
    })),

  explain: ({ image, target, layer }, { trainer }) =>
    trainer.withNetwork(async (engine, { config: { input }, step }) => {
      checkImage(image);
      const of = await targetOf(engine, image, target);
      return { ...(await explain(engine, input, image, { target: of, layer })), target: of, step };
    }),

  occlusion: ({ image, target, ...square }, { trainer }, _, signal) =>
    trainer.withNetwork(async (engine, { step }) => {
      checkImage(image);
      const of = await targetOf(engine, image, target);
      return { ...(await occlusion(engine, image, { ...square, target: of }, signal)), target: of, step };
    }),

  adversarialExample: ({ image, ...params }, { trainer }, tell, signal) =>
    trainer.withNetwork(async (engine, { config: { input }, step }) => {
      checkImage(image);
      return { ...(await adversarialExample(engine, input, image, params, tell, signal)), step };
    }),

  exportFile,

  importWeights: async ({ fileName, file, network }, { trainer }) => {
    const { parameters, report } = await loadStateDict(network, await openWeightFile(file));
    trainer.importWeights({ parameters, origin: readFrom(fileName, report.nonFinite) });
    return report;
  },

  runRangeTest: async (params, { trainer, source, rangeTests }, tell) => {
    await source.open(params.config.data);
    return rangeTests.rangeTest(params, trainer, tell);
  },
};

/** Answers one request; `tell` hears of what comes before the answer, which nobody waits for once `signal` is aborted. */
export async function answer<K extends RequestType>(
  request: K,
  params: RequestParams<K>,
  context: RequestContext,
  tell: (progress: RequestProgress<K>) => void = () => undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<RequestValue<K>> {
  return handlers[request](params, context, tell, signal);
}

/** @throws RangeError where it is not an image of 28 x 28 bytes */
function checkImage(image: Uint8Array): void {
  if (image.length !== imageBytes)
    throw new RangeError(`An image takes ${imageBytes} bytes, not ${image.length}.`);
}

/** The class that is asked about, or, null, the one that the network reads. */
async function targetOf(
  engine: Engine,
  image: Uint8Array<ArrayBuffer>,
  target: number | null,
): Promise<number> {
  return target ?? argmax(await engine.predict(image, 1));
}

function testImages(
  { images, labels, count }: ImageSet,
  indices: readonly number[],
): RequestValue<'testImages'> {
  const chosen = {
    images: new Uint8Array(indices.length * imageBytes),
    labels: new Uint8Array(indices.length),
  };
  for (const [position, index] of indices.entries()) {
    const label = index < count ? labels[index] : undefined;
    if (label === undefined) throw new NotReadyError(`Test image ${index} is not there yet.`);
    chosen.labels[position] = label;
    chosen.images.set(images.subarray(index * imageBytes, (index + 1) * imageBytes), position * imageBytes);
  }
  return chosen;
}
