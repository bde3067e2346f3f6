/** The normalisations among the operations of operations.ts, which says what the arguments mean. */

const u = 'u32';
const f = 'f32';
const out = 'written';

export const normOperations = {
  /** Writes saved = mean, 1 / sqrt(var + eps), scale, shift, each [C] in f64, and moves the running statistics. */
  batchNormStatistics: {
    x: u,
    weight: u,
    bias: u,
    runningMean: out,
    runningVar: out,
    saved: out,
    sums: out,
    blocks: u,
    pixels: u,
    channels: u,
    images: u,
    eps: f,
    momentum: f,
  },
  batchNormRunning: { weight: u, bias: u, runningMean: u, runningVar: u, saved: out, channels: u, eps: f },
  batchNormApply: { x: u, saved: u, y: out, blocks: u, pixels: u, channels: u, relu: u },
  /** `y` is 0, or the output of the fused ReLU. Writes dWeight, dBias and factors = factor of x and offset in dx, each [C] in f64. */
  batchNormGradientSums: {
    dy: u,
    x: u,
    y: u,
    saved: u,
    factors: out,
    sums: out,
    dWeight: out,
    dBias: out,
    blocks: u,
    pixels: u,
    channels: u,
    images: u,
  },
  /** `factors` 0: by the running statistics, which do not depend on x. */
  batchNormGradient: {
    dy: u,
    x: u,
    y: u,
    saved: u,
    factors: u,
    dx: out,
    blocks: u,
    pixels: u,
    channels: u,
    images: u,
  },
  /** Writes saved = mean and 1 / sqrt(var + eps), [blocks][groups][2][8] in f64. */
  groupNorm: {
    x: u,
    weight: u,
    bias: u,
    y: out,
    saved: out,
    blocks: u,
    pixels: u,
    channels: u,
    groups: u,
    eps: f,
    relu: u,
  },
  /** Sums [slice][channels] in f64, of slices of the blocks, for biasSum; dx unless that is 0. `y` is 0, or the output of the fused ReLU. */
  groupNormGradient: {
    dy: u,
    x: u,
    y: u,
    weight: u,
    saved: u,
    dx: out,
    weightSums: out,
    biasSums: out,
    blocks: u,
    pixels: u,
    channels: u,
    groups: u,
    slices: u,
  },
} as const;
