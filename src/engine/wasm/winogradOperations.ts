/** The part of operations.ts that convolves by Winograd's tiles (assembly/winograd.ts). */
const u = 'u32';
/** See operations.ts. */
const out = 'written';
const own = 'scratch';

/** Sizes of a convolution, in the order in which every kernel takes them. */
export const convShape = {
  blocks: u,
  height: u,
  width: u,
  channels: u,
  outHeight: u,
  outWidth: u,
  outChannels: u,
} as const;

/**
 * Bytes of channels that pass both transforms of a tile of `scheme` at a time, so that what lies between them stays in the level-1
 * cache.
 */
export function partBytes(scheme: number): number {
  return scheme === 5 ? 320 : 512;
}

export const winogradOperations = {
  /** Weights [panel][tap][in][R] -> [place][panel][in][R] of Winograd's tiles (`scheme`: see assembly/winogradTiles.ts); `flipped` ones are those of packTransposed. */
  winogradWeights: {
    w: u,
    u: out,
    scratch: own,
    channels: u,
    outChannels: u,
    scheme: u,
    panels: u,
    flipped: u,
  },
  /** `v` is 0, or keeps the transformed input. */
  winogradForward: {
    x: u,
    w: u,
    u,
    bias: u,
    y: out,
    v: out,
    scratch: own,
    scratchBytes: u,
    ...convShape,
    scheme: u,
    padding: u,
    panels: u,
    relu: u,
    group: u,
  },
  /** Weights [panel][ky][kx][in][R] -> [place][panel][ky][in][R] of tiles along the rows (assembly/winogradRows.ts). */
  winogradRowWeights: { w: u, u: out, channels: u, outChannels: u, kernel: u, panels: u },
  /** `most` output rows pass together. */
  winogradRowsForward: {
    x: u,
    w: u,
    u,
    bias: u,
    y: out,
    scratch: own,
    scratchBytes: u,
    ...convShape,
    kernel: u,
    padding: u,
    panels: u,
    relu: u,
    most: u,
  },
  /** Weights [panel][ky][kx][in][R] -> [place][panel][by][bx][in][R] of kernels in blocks of taps (assembly/winogradBlocks.ts). */
  winogradBlocksWeights: {
    w: u,
    u: out,
    scratch: own,
    channels: u,
    outChannels: u,
    kernel: u,
    panels: u,
    flipped: u,
  },
  /** `v` is 0, or keeps the transformed input; `most` rows of tiles pass together. */
  winogradBlocksForward: {
    x: u,
    w: u,
    u,
    bias: u,
    y: out,
    v: out,
    scratch: own,
    scratchBytes: u,
    ...convShape,
    kernel: u,
    padding: u,
    panels: u,
    relu: u,
    most: u,
  },
  /** `d` is 0, or keeps the transformed gradients of the output. */
  winogradBlocksInputGradient: {
    dy: u,
    packed: u,
    u,
    dx: out,
    d: out,
    scratch: own,
    scratchBytes: u,
    ...convShape,
    kernel: u,
    padding: u,
    inPanels: u,
    most: u,
    /** 1: 0 where no output gradient reaches. */
    exact: u,
  },
  winogradBlocksInput: {
    x: u,
    v: out,
    scratch: own,
    scratchBytes: u,
    firstBlock: u,
    ...convShape,
    kernel: u,
    padding: u,
  },
  winogradBlocksOutputGradient: {
    dy: u,
    d: out,
    scratch: own,
    scratchBytes: u,
    firstBlock: u,
    blocks: u,
    outHeight: u,
    outWidth: u,
    outChannels: u,
  },
  /** du of `slice` [place][panel][by][bx][in][R] from the transformed input and output gradients. */
  winogradBlocksWeightGradient: {
    v: u,
    d: u,
    du: out,
    ...convShape,
    kernel: u,
    panels: u,
    slice: u,
  },
  winogradBlocksWeightOutput: {
    du: out,
    dw: out,
    scratch: own,
    channels: u,
    outChannels: u,
    kernel: u,
    panels: u,
    slices: u,
  },
  /** convPool of operations.ts for 5 x 5 taps of one channel, stride 1, no padding and rows of whole tiles (assembly/winogradPool.ts). */
  winogradConvPool: {
    x: u,
    w: u,
    bias: u,
    y: out,
    index: out,
    scratch: own,
    scratchBytes: u,
    ...convShape,
    panels: u,
    relu: u,
    valley: u,
  },
  /** `d` is 0, or keeps the transformed gradients of the output. */
  winogradInputGradient: {
    dy: u,
    packed: u,
    u,
    dx: out,
    d: out,
    scratch: own,
    scratchBytes: u,
    ...convShape,
    scheme: u,
    padding: u,
    inPanels: u,
    group: u,
    /** 1: 0 where no output gradient reaches. */
    exact: u,
  },
  winogradInput: {
    x: u,
    v: out,
    scratch: own,
    scratchBytes: u,
    firstBlock: u,
    blocks: u,
    height: u,
    width: u,
    channels: u,
    outHeight: u,
    outWidth: u,
    scheme: u,
    padding: u,
    group: u,
  },
  winogradOutputGradient: {
    dy: u,
    d: out,
    scratch: own,
    scratchBytes: u,
    firstBlock: u,
    blocks: u,
    outHeight: u,
    outWidth: u,
    outChannels: u,
    scheme: u,
    group: u,
  },
  /** du [slice][place][panel][in][R] from the transformed input and output gradients of `tiles` tiles. */
  winogradWeightGradient: {
    v: u,
    d: u,
    du: out,
    tiles: u,
    channels: u,
    outChannels: u,
    scheme: u,
    panels: u,
    group: u,
    accumulate: u,
    slices: u,
  },
  /** Whether the weight gradient is finite: `found` [threads]. */
  winogradWeightCheck: { dw: u, found: out, count: u },
  /** Sums it directly where it is not. */
  winogradWeightDirect: { x: u, dy: u, dw: out, found: u, ...convShape, kernel: u, padding: u, panels: u },
  /** Sets the weight gradients to 0 whose products are all 0 (assembly/support.ts). */
  winogradWeightZeros: {
    x: u,
    dy: u,
    dw: out,
    met: out,
    found: u,
    scratch: own,
    scratchBytes: u,
    ...convShape,
    kernel: u,
    padding: u,
    panels: u,
  },
  winogradWeightOutput: {
    du: out,
    dw: out,
    scratch: own,
    channels: u,
    outChannels: u,
    scheme: u,
    panels: u,
    slices: u,
  },
} as const;
