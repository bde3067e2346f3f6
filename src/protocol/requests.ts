/**
 * What the page can ask the training worker, one entry a request: what goes along, what comes back, which buffers move over
 * instead of being copied, and how long the page waits. A new request is an entry here and its handler in training/requests.ts.
 */
import type { ExportFormatId } from '@/formats/exportFormats';
import type { Corruption, CorruptionKind } from '@/model/corruptions';
import type {
  AdversarialExample,
  AdversarialParams,
  Explanation,
  Occlusion,
  OcclusionOptions,
} from '@/model/explanations';
import type { MemoryNeed } from '@/model/cost';
import type { DataPreview, DataReading, GivenFile, LabelledImages } from '@/model/dataImport';
import type { DataSpec } from '@/model/dataSet';
import type { NetworkSpec } from '@/model/layers';
import type { RangeTest, RangeTestPoint } from '@/model/rangeTest';
import type { LandscapeSettings, LossLandscape } from '@/model/lossLandscape';
import type { CurvaturePoint } from '@/model/curvature';
import type { RunConfig } from '@/model/runConfig';
import type { RunHistory } from '@/model/runHistory';
import type { TestPredictions } from '@/model/testFigures';
import type { LoadReport, ReadableFile } from '@/model/weightFiles';

type Shape4 = readonly [number, number, number, number];

export interface ConvolutionProblem {
  readonly operator: 'cross_correlation' | 'convolution' | 'transposed';
  readonly stride: number;
  readonly padding: number | 'same';
  readonly dilation: number;
  readonly groups: number;
  /** [n, c, h, w] */
  readonly x: Float32Array<ArrayBuffer>;
  readonly xShape: Shape4;
  /** [filters, c / groups, kh, kw] */
  readonly w: Float32Array<ArrayBuffer>;
  readonly wShape: Shape4;
  readonly bias: Float32Array<ArrayBuffer>;
}

export interface LayerInput {
  /** [c, h, w] */
  readonly input: Float32Array<ArrayBuffer>;
  readonly inputShape: readonly [number, number, number];
  /** [c, k, k] of the filter asked for. */
  readonly kernel: Float32Array<ArrayBuffer>;
  readonly kernelSize: number;
  readonly bias: number;
  readonly stride: number;
  readonly padding: number | 'same';
  readonly dilation: number;
}

/** Filters of a convolution, now and when the run began. */
export interface ConvolutionFilters {
  /** [filters, channels, kernelSize, kernelSize] of both. */
  readonly shape: Shape4;
  readonly weight: Float32Array<ArrayBuffer>;
  readonly initial: Float32Array<ArrayBuffer>;
  /** Over all of the layer's filters: the largest size of a weight, of then and now, and of a change. */
  readonly largestWeight: number;
  readonly largestChange: number;
  /** ‖w - w₀‖ / ‖w₀‖, over all of the layer's filters. */
  readonly relativeChange: number;
}

/** A unit of a Linear layer gives bias + the sum of weight times input. */
export interface LinearUnit {
  readonly input: Float32Array<ArrayBuffer>;
  readonly weight: Float32Array<ArrayBuffer>;
  readonly bias: number;
  /** The layer that gives the input. */
  readonly source: string;
}

/** What a layer gives, in PyTorch's layout. */
export interface LayerActivation {
  /** [n, C, H, W] or [n, features]. */
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

export interface Prediction extends Pick<TestPredictions, 'predictions' | 'probabilities'> {
  /** Step at which the network answered. */
  readonly step: number;
}

/** Where the network stands that answers from now on. */
export interface ShownStep {
  /** Steps done; of the nearest keyframe, where the step asked for would take long. */
  readonly step: number;
  /** How long the step asked for itself would take; null: it is the one that is shown. */
  readonly secondsToExact: number | null;
  /**
   * Where something else computes than when the run was trained: the largest distance of a parameter at the next keyframe, relative to the
   * largest value of its tensor; `largest` null: not known. Null: the bits are the run's.
   */
  readonly difference: { readonly step: number | null; readonly largest: number | null } | null;
}

/** One point of a curve of robustness. */
export interface CorruptedAccuracy extends Corruption {
  /** Share of the images that is read rightly. */
  readonly accuracy: number;
}

interface RequestKind<Params, Value, Progress> {
  /** Seconds that the page waits for the answer, or for a next sign of progress. */
  readonly seconds: number;
  /** Buffers that leave the page; those of small arrays that it goes on showing are copied. */
  readonly sends?: (params: Params) => ArrayBuffer[];
  /** Buffers that leave the worker with the answer. */
  readonly returns?: (value: Value) => ArrayBuffer[];
  /** Never set: gives the type of what is told on the way, where something is. */
  readonly progress?: (progress: Progress) => void;
}

/** Gives an entry its types. */
function request<Params, Value, Progress = never>(
  kind: RequestKind<Params, Value, Progress>,
): RequestKind<Params, Value, Progress> {
  return kind;
}

const table = {
  /** Images of 28 x 28 bytes. */
  predict: request<{ readonly images: Uint8Array<ArrayBuffer>; readonly count: number }, Prediction>({
    seconds: 60,
    returns: ({ probabilities, predictions }) => [probabilities.buffer, predictions.buffer],
  }),
  /** Test images of a data set (absent: MNIST) by index, with the label. */
  testImages: request<
    { readonly indices: readonly number[]; readonly data?: DataSpec | undefined },
    { readonly images: Uint8Array<ArrayBuffer>; readonly labels: Uint8Array<ArrayBuffer> }
  >({ seconds: 60, returns: ({ images, labels }) => [images.buffer, labels.buffer] }),
  /** A convolution on the engine's device: [n, filters, oh, ow], and tfjs's name of the backend that computed it. */
  convolve: request<
    { readonly problem: ConvolutionProblem },
    { readonly output: Float32Array<ArrayBuffer>; readonly backend: string }
  >({ seconds: 60, returns: ({ output }) => [output.buffer] }),
  /** What one convolution of the network reads for an image of 28 x 28 bytes, and one filter of it. */
  layerInput: request<
    { readonly image: Uint8Array<ArrayBuffer>; readonly layer: string; readonly filter: number },
    LayerInput & { readonly step: number }
  >({ seconds: 60, returns: ({ input, kernel }) => [input.buffer, kernel.buffer] }),
  /**
   * Some filters of a convolution, with what they were when the run began. `filters` and `channels` (of the layer's group): the first,
   * and how many; those that the layer does not have are left out.
   */
  filters: request<
    {
      readonly layer: string;
      readonly filters: { readonly first: number; readonly count: number };
      readonly channels: { readonly first: number; readonly count: number };
    },
    ConvolutionFilters & { readonly step: number }
  >({ seconds: 60, returns: ({ weight, initial }) => [weight.buffer, initial.buffer] }),
  /** What one unit of a Linear layer reads for an image of 28 x 28 bytes, and by which weights. */
  linearUnit: request<
    { readonly image: Uint8Array<ArrayBuffer>; readonly layer: string; readonly unit: number },
    LinearUnit & { readonly step: number }
  >({ seconds: 60, returns: ({ input, weight }) => [input.buffer, weight.buffer] }),
  /** What the layers of these names give in eval mode for images of 28 x 28 bytes; the network's own input under `(input)`. */
  activations: request<
    {
      readonly images: Uint8Array<ArrayBuffer>;
      readonly count: number;
      readonly layers: readonly string[];
    },
    { readonly step: number; readonly activations: ReadonlyMap<string, LayerActivation> }
  >({
    seconds: 60,
    returns: ({ activations }) => [...activations.values()].map(({ data }) => data.buffer),
  }),
  /**
   * Why the network gives a class its logit for an image of 28 x 28 bytes: the gradient by the pixels, and Grad-CAM at the convolution of
   * this name. Without a target of the class that it reads.
   */
  explain: request<
    {
      readonly image: Uint8Array<ArrayBuffer>;
      readonly target: number | null;
      readonly layer: string | null;
    },
    Explanation & { readonly target: number; readonly step: number }
  >({
    seconds: 60,
    returns: ({ logits, saliency, gradCam }) => [
      logits.buffer,
      saliency.buffer,
      ...(gradCam === null ? [] : [gradCam.values.buffer, gradCam.overImage.buffer]),
    ],
  }),
  /** What a class loses where a square of the image is covered. Without a target of the class that the network reads. */
  occlusion: request<
    Omit<OcclusionOptions, 'target'> & {
      readonly image: Uint8Array<ArrayBuffer>;
      readonly target: number | null;
    },
    Occlusion & { readonly target: number; readonly step: number }
  >({
    seconds: 120,
    returns: ({ logitDrops, probabilityDrops, overImage }) => [
      logitDrops.buffer,
      probabilityDrops.buffer,
      overImage.buffer,
    ],
  }),
  /** A small change of the image by which the network reads another digit. Tells the share of the sizes of change that were tried. */
  adversarialExample: request<
    AdversarialParams & { readonly image: Uint8Array<ArrayBuffer> },
    AdversarialExample & { readonly step: number },
    { readonly done: number }
  >({ seconds: 120, returns: ({ image }) => [image.buffer] }),
  /**
   * Answers all requests about the network by the one that the run had after `step` steps, until null is asked for or the run is replaced.
   * Null where another step was asked for meanwhile. `exactly`: however long it takes. Told on the way: where it stands.
   */
  showStep: request<
    { readonly runId: string; readonly step: number | null; readonly exactly: boolean },
    ShownStep | null,
    { readonly step: number }
  >({ seconds: 120 }),
  /** Steps of the run's keyframes, ascending. */
  keyframeSteps: request<{ readonly runId: string }, readonly number[]>({ seconds: 60 }),
  /** What the network reads in every test image, and after how many steps. Tells the share that is done. */
  testPredictions: request<null, TestPredictions & { readonly step: number }, { readonly done: number }>({
    seconds: 60,
    returns: ({ predictions, probabilities, labels, images }) => [
      predictions.buffer,
      probabilities.buffer,
      labels.buffer,
      images.buffer,
    ],
  }),
  /** What the last Linear of the network reads of the first `count` test images: [count, n]. Tells the share that is done. */
  hiddenActivations: request<
    { readonly count: number },
    {
      /** Null: the network has no Linear, and `features` is empty. */
      readonly layer: string | null;
      /** Whether nothing is learned before it: then these are the pixels themselves. */
      readonly isInput: boolean;
      readonly features: Float32Array<ArrayBuffer>;
      readonly images: Uint8Array<ArrayBuffer>;
      readonly labels: Uint8Array<ArrayBuffer>;
      readonly step: number;
    },
    { readonly done: number }
  >({
    seconds: 60,
    returns: ({ features, images, labels }) => [features.buffer, images.buffer, labels.buffer],
  }),
  /**
   * The accuracy on the first `count` test images, spoiled by these kinds at all their strengths (model/corruptions.ts). Tells every
   * accuracy as it is there, and the share of all that is done. Computed on a copy of the network, so that training goes on.
   */
  corruptionAccuracies: request<
    { readonly kinds: readonly CorruptionKind[]; readonly count: number; readonly seed: number },
    { readonly points: readonly CorruptedAccuracy[]; readonly images: number; readonly step: number },
    { readonly done: number; readonly point: CorruptedAccuracy | null }
  >({ seconds: 120 }),
  /** Reads files into a data set, to be looked at, and kept by `keepDataSet`. Tells the share that is done. */
  readDataSet: request<
    {
      readonly files: readonly GivenFile[];
      readonly reading: DataReading;
    },
    DataPreview,
    { readonly done: number }
  >({ seconds: 120 }),
  /** Keeps the data set that was read last, by these names. */
  keepDataSet: request<Pick<DataSpec, 'name' | 'classNames'>, DataSpec>({ seconds: 120 }),
  renameDataSet: request<{ readonly sha256: string } & Pick<DataSpec, 'name' | 'classNames'>, null>({
    seconds: 60,
  }),
  removeDataSet: request<{ readonly sha256: string }, null>({ seconds: 60 }),
  /** A data set (absent: MNIST) as four IDX files in a zip. */
  exportDataSet: request<
    { readonly data?: DataSpec | undefined },
    { readonly fileName: string; readonly file: ArrayBuffer }
  >({ seconds: 120, returns: ({ file }) => [file] }),
  /** Keeps drawings as they are, for runs that mix them in; gives their checksum. */
  keepDrawings: request<{ readonly drawings: LabelledImages }, string>({ seconds: 60 }),
  /** Drawings as two IDX files in a zip. */
  exportDrawings: request<
    { readonly drawings: LabelledImages } & Pick<DataSpec, 'name' | 'classNames'>,
    { readonly fileName: string; readonly file: ArrayBuffer }
  >({ seconds: 60, returns: ({ file }) => [file] }),
  /** Drawings out of IDX files, in a zip or not. */
  readDrawings: request<{ readonly files: readonly GivenFile[] }, LabelledImages>({
    seconds: 60,
    returns: ({ images, labels }) => [images.buffer, labels.buffer],
  }),
  /** The loss of the network on show on a plane through its weights, computed beside the run. Tells the share that is done. */
  lossLandscape: request<LandscapeSettings, LossLandscape, { readonly done: number }>({
    seconds: 120,
    returns: ({ loss, accuracy }) => [loss.buffer, accuracy.buffer],
  }),
  /**
   * The curvature of the loss at the network on show, on the first `images` training images, as a point of the run's record. Tells the share
   * of the products with the Hessian that it may take.
   */
  curvature: request<{ readonly images: number }, CurvaturePoint, { readonly done: number }>({
    seconds: 120,
  }),
  /** Seconds that the network takes to read an image in eval mode, as measured now. */
  evaluationPace: request<null, { readonly secondsPerImage: number }>({ seconds: 60 }),
  /** What a run of this configuration would need of the engine in use; null where its memory has no known end. */
  memoryNeed: request<{ readonly config: RunConfig }, MemoryNeed | null>({ seconds: 60 }),
  /** A file of the network, which stands after `step`, or of the run; tells which share of the test images it has read, where it does. */
  exportFile: request<
    {
      readonly format: ExportFormatId;
      readonly config: RunConfig;
      readonly link: string;
      readonly run: RunHistory | null;
    },
    { readonly fileName: string; readonly step: number; readonly file: ArrayBuffer },
    { readonly done: number }
  >({
    seconds: 120,
    returns: ({ file }) => [file],
  }),
  /**
   * Reads weights of this network, and keeps them for the next `prepare` with the weights of a file. The worker reads the file
   * itself, and of it only what the network needs.
   */
  importWeights: request<
    { readonly fileName: string; readonly file: ReadableFile; readonly network: NetworkSpec },
    LoadReport
  >({ seconds: 120 }),
  /**
   * Trains a network of this configuration at rising learning rates, from fresh weights or from a copy of those at hand; the
   * run at hand is put back afterwards. Gives the steps made, fewer than asked for where the loss ran away.
   */
  runRangeTest: request<
    { readonly config: RunConfig; readonly weights: 'seed' | 'current'; readonly rangeTest: RangeTest },
    { readonly steps: number },
    RangeTestPoint
  >({ seconds: 120 }),
};

export type RequestType = keyof typeof table;

type TypesOf<Kind> =
  Kind extends RequestKind<infer Params, infer Value, infer Progress>
    ? { readonly params: Params; readonly value: Value; readonly progress: Progress }
    : never;
/** The same for each request, with its name. */
type RequestTypes = { readonly [K in RequestType]: TypesOf<(typeof table)[K]> };

export type RequestParams<K extends RequestType> = RequestTypes[K]['params'];
export type RequestValue<K extends RequestType> = RequestTypes[K]['value'];
export type RequestProgress<K extends RequestType> = RequestTypes[K]['progress'];

export const requestTable: {
  readonly [K in RequestType]: RequestKind<RequestParams<K>, RequestValue<K>, RequestProgress<K>>;
} = table;

/** Answered by `reply` or `requestFailed` with the same requestId. */
export interface Request<K extends RequestType = RequestType> {
  readonly type: 'request';
  readonly requestId: number;
  readonly request: K;
  readonly params: RequestParams<K>;
}

export interface Reply<K extends RequestType = RequestType> {
  readonly request: K;
  readonly value: RequestValue<K>;
}

/** Told on the way to the answer. */
export interface Progress<K extends RequestType = RequestType> {
  readonly request: K;
  readonly value: RequestProgress<K>;
}

export function requestTransfers<K extends RequestType>({ request, params }: Request<K>): ArrayBuffer[] {
  return requestTable[request].sends?.(params) ?? [];
}

export function replyTransfers<K extends RequestType>({ request, value }: Reply<K>): ArrayBuffer[] {
  return requestTable[request].returns?.(value) ?? [];
}
