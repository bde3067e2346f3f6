/**
 * The instruction set of the WebAssembly engine: every kernel with its arguments, in order. The program encoder (program.ts) and the
 * dispatcher that scripts/buildWasm.ts generates are both made from this table, so they cannot disagree. An argument is a
 * byte address or an integer unless it is marked `f32`. Activations are [blocks][H][W][C][8 images]. Every
 * kernel exists in both precisions: operation 2 * i works on float32, operation 2 * i + 1 on float64.
 */
import { imageConvOperations } from '@/engine/wasm/imageConvOperations';
import { normOperations } from '@/engine/wasm/normOperations';
import { optimizerOperations, optimizerScalars } from '@/engine/wasm/optimizers';
import { convShape, winogradOperations } from '@/engine/wasm/winogradOperations';

const u = 'u32';
const f = 'f32';
/** The address of what the kernel writes, or reads and writes. */
const out = 'written';
/** The address of working memory, `threads` times what a thread needs. */
const own = 'scratch';

const groupedShape = { ...convShape, kernel: u, stride: u, padding: u, dilation: u, groups: u } as const;

const poolShape = {
  blocks: u,
  height: u,
  width: u,
  channels: u,
  outHeight: u,
  outWidth: u,
} as const;

const averageShape = {
  ...poolShape,
  rowStep: u,
  rowFrom: u,
  rowTo: u,
  rowOver: u,
  columnStep: u,
  columnFrom: u,
  columnTo: u,
  columnOver: u,
  area: u,
} as const;

export const operations = {
  /** Images [n][28][28], as bytes or (augmented) as floats in [0, 1] where `pixels` is not 0 -> network input. */
  input: {
    bytes: u,
    pixels: u,
    y: out,
    images: u,
    blocks: u,
    size: u,
    border: u,
    resize: u,
    normalize: u,
    mean: f,
    std: f,
    scratch: own,
  },
  /** 0 or 1 / (1 - p) for every [block][pixel][channel][8], by the counter-based hash of model/random.ts. */
  dropoutMask: { mask: out, key: u, threshold: u, scale: f, blocks: u, pixels: u, channels: u },
  /** y = x * mask; the mask has `maskPixels` (all or 1) pixels. */
  multiply: { x: u, mask: u, y: out, blocks: u, pixels: u, channels: u, maskPixels: u },
  convForward: {
    x: u,
    w: u,
    bias: u,
    y: out,
    ...convShape,
    kernel: u,
    stride: u,
    padding: u,
    panels: u,
    relu: u,
  },
  /**
   * A small convolution, its ReLU and the 2 x 2 pooling after it; `scratch` holds two rows for each thread. `valley` is 0, or the number
   * of an activation plus 1, by whose values is pooled (assembly/valleyPool.ts).
   */
  convPool: {
    x: u,
    w: u,
    bias: u,
    y: out,
    index: out,
    scratch: own,
    ...convShape,
    kernel: u,
    stride: u,
    padding: u,
    panels: u,
    relu: u,
    valley: u,
  },
  /** Weights [panel of out][ky][kx][in][R] -> [panel of in][ky flipped][kx flipped][out][R'] for the input gradient. */
  packTransposed: { w: u, packed: out, channels: u, outChannels: u, kernel: u, panels: u, inPanels: u },
  convInputGradient: {
    dy: u,
    packed: u,
    dx: out,
    ...convShape,
    kernel: u,
    stride: u,
    padding: u,
    inPanels: u,
    accumulate: u,
  },
  ...winogradOperations,
  /** dw [slice][weights], of slices of the blocks. */
  convWeightGradient: {
    x: u,
    dy: u,
    dw: out,
    ...convShape,
    kernel: u,
    stride: u,
    padding: u,
    panels: u,
    slices: u,
  },
  ...imageConvOperations,
  /** The same with `groups`, taps that lie `dilation` apart, and sizes of the output that ask for more padding at the end. */
  groupedConvForward: { x: u, w: u, bias: u, y: out, ...groupedShape, panels: u, relu: u },
  packGroups: {
    w: u,
    packed: out,
    channels: u,
    outChannels: u,
    kernel: u,
    panels: u,
    inPanels: u,
    groups: u,
  },
  groupedConvInputGradient: { dy: u, packed: u, dx: out, ...groupedShape, inPanels: u },
  /** dw [slice][weights], of slices of the blocks. */
  groupedConvWeightGradient: { x: u, dy: u, dw: out, ...groupedShape, panels: u, slices: u },
  /** dw [slice][weights] from the gradient of convPool's output; `scratch` holds `scratchSize` values for each thread. */
  convPoolWeightGradient: {
    x: u,
    dy: u,
    index: u,
    dw: out,
    scratch: own,
    scratchSize: u,
    ...convShape,
    kernel: u,
    stride: u,
    padding: u,
    panels: u,
    slices: u,
  },
  /** sums [slice][channels] in f64, of slices of the blocks. */
  biasGradient: { dy: u, sums: out, blocks: u, pixels: u, channels: u, slices: u },
  biasSum: { sums: u, db: out, channels: u, slices: u },
  linearForward: {
    x: u,
    w: u,
    bias: u,
    y: out,
    blocks: u,
    inFeatures: u,
    outFeatures: u,
    panels: u,
    relu: u,
  },
  /** `scratch` holds one transposed weight panel for each thread, or of a few images four sums of every input. */
  linearInputGradient: {
    dy: u,
    w: u,
    dx: out,
    blocks: u,
    inFeatures: u,
    outFeatures: u,
    panels: u,
    inPanels: u,
    scratch: own,
    accumulate: u,
  },
  /** `scratch` holds a panel's gradients for each thread. */
  linearWeightGradient: {
    x: u,
    dy: u,
    dw: out,
    blocks: u,
    inFeatures: u,
    outFeatures: u,
    panels: u,
    scratch: own,
  },
  relu: { x: u, y: out, count: u },
  /** dx = dy where y > 0. */
  reluGradient: { dy: u, y: u, dx: out, count: u },
  /** y = f(x) by the function of this number, see activationKinds of src/model/layers; `setting` is what f has besides x. */
  activation: { x: u, y: out, count: u, kind: u, setting: f },
  /** The same where the slope follows from x: keeps it beside the value, which takes little more, so that a gradient is one product. */
  activationWithSlope: { x: u, y: out, slope: out, count: u, kind: u, setting: f },
  /** dx = dy times the slope of f where that gives y. */
  activationGradient: { dy: u, y: u, dx: out, count: u, kind: u, setting: f },
  /** 2 x 2 maxima by the values of activation number `kind`, which falls and rises: y is what they are computed from. */
  valleyPool: {
    x: u,
    y: out,
    index: out,
    ...poolShape,
    kind: u,
  },
  add: { a: u, b: u, y: out, count: u },
  copy: { x: u, y: out, count: u },
  /** x [blocks][values][8] = 0 in the places of the last block that hold no image. */
  clearPadding: { x: out, images: u, blocks: u, values: u },
  /** y [count] = the sum of x [slice][count]; x is written over. */
  sumSlices: { x: out, y: out, count: u, slices: u },
  /** [pixel][channel] <-> [channel][pixel] of each block: Flatten where its order is seen. */
  transpose: { x: u, y: out, blocks: u, rows: u, columns: u },
  maxPool: {
    x: u,
    y: out,
    index: out,
    ...poolShape,
    kernel: u,
    stride: u,
    padding: u,
    dilation: u,
  },
  maxPoolGradient: {
    dy: u,
    index: u,
    dx: out,
    ...poolShape,
    kernel: u,
    stride: u,
    padding: u,
    dilation: u,
  },
  /** Means over windows, by the rule of model/averageWindows.ts; `area` is what sums are divided by, 0 for the places in the image. */
  averagePool: { x: u, y: out, ...averageShape },
  averagePoolGradient: { dy: u, dx: out, ...averageShape },
  ...normOperations,
  /**
   * Writes loss (f64 sum over the images) and number of right ones at `result`, predictions as bytes, and the gradient unless 0.
   * `kind` is the loss's place in lossKinds, by which assembly/build/losses.ts knows it; its settings lie at memoryMap.lossSettings.
   * The gradient is divided by scalars.lossWeight.
   */
  loss: {
    logits: u,
    labels: u,
    gradient: out,
    result: out,
    predictions: out,
    images: u,
    blocks: u,
    kind: u,
  },
  /** Sums of squares of chunks of 16,384 values, as f64, to the partials from number `offset` on. */
  gradientNorm: { gradient: u, count: u, partials: out, offset: u },
  /** scalars.gradientScale = min(1, maxNorm / (norm + 1e-6)). */
  clip: { partials: u, chunks: u, maxNorm: f },
  ...optimizerOperations,
} as const satisfies Record<string, Record<string, 'u32' | 'f32' | 'written' | 'scratch'>>;

export type OperationName = keyof typeof operations;
export type OperationArguments<N extends OperationName> = {
  readonly [A in keyof (typeof operations)[N]]: number;
};

/** Those that treat every image for itself. */
export const imageOperations: ReadonlySet<OperationName> = new Set<OperationName>([
  'input',
  'dropoutMask',
  'multiply',
  'convForward',
  'convPool',
  'winogradConvPool',
  'winogradRowsForward',
  'winogradBlocksForward',
  'winogradBlocksInputGradient',
  'convInputGradient',
  'groupedConvForward',
  'groupedConvInputGradient',
  'relu',
  'reluGradient',
  'activation',
  'activationWithSlope',
  'activationGradient',
  'valleyPool',
  'add',
  'clearPadding',
  'transpose',
  'maxPool',
  'maxPoolGradient',
  'averagePool',
  'averagePoolGradient',
  'batchNormApply',
  'batchNormGradient',
  'groupNorm',
]);

/**
 * Slices of a batch whose weight gradients are summed up apart, so that threads stay with the images that they computed. The number
 * does not depend on that of threads, and so neither does the result.
 */
export const gradientSlices = 4;

/** Words of one encoded operation: its number with its flags, then its arguments. */
export const operationWords = 21;

export const operationMask = 0xff_ff;

export const operationFlags = {
  /** Threads meet before it: it needs what another operation since the last meeting made, or takes its place in memory. */
  meets: 0x1_00_00,
  /** Slice `i` of gradientSlices of it is what thread `i` of as many would do, and touches nothing of other images. */
  sliced: 0x2_00_00,
  /** Times the number of images where they are at most fewImages. */
  fewImages: 0x10_00_00,
} as const;

/**
 * Most images of a batch that products and weight gradients take one after the other, with channels side by side in a vector: what lies
 * in memory is the same block of eight, of which the rest is 0.
 */
export const fewImages = 4;

/** Fixed addresses, in bytes; below lie the tables of the compiler's own runtime. */
export const memoryMap = {
  /** Barrier and command words of the thread pool. */
  sync: 65_536,
  /** float64 values that change from step to step, see `scalars`. */
  scalars: 65_536 + 256,
  /** float64, the run's loss's settings: lossParametersOf. */
  lossSettings: 65_536 + 384,
  firstFree: 65_536 + 512,
} as const;

/** Positions in the scalars area. */
export const scalars = {
  ...optimizerScalars,
  /** min(1, maxNorm / norm), or 1 without clipping. */
  gradientScale: 5,
  /** What the batch's images count for together: by this its loss is divided. */
  lossWeight: 6,
  /** The largest value of a gradient after its scaling; infinity where values are not clipped. */
  gradientBound: 7,
} as const;

/** Positions in the sync area, in 32-bit words; each on its own cache line. */
export const syncWords = {
  arrived: 0,
  generation: 16,
  sleepers: 17,
  command: 32,
  program: 33,
  length: 34,
  threads: 35,
  /** Threads that have written to this memory. */
  joined: 48,
  /** Not 0: a thread has ended in the middle of its work. */
  failed: 49,
} as const;
