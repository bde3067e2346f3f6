/** The normalisations among the operations of operations.ts, which says what the arguments mean. */

const u = 'u32';
const f = 'f32';
const out = 'written';

export const normOperations = {
  /** Sums of x and of x * x, [slice][channels] in f64, of slices of the blocks. */
  batchNormSums: { x: u, sums: out, blocks: u, pixels: u, channels: u, images: u, slices: u },
  /** Writes saved = mean, 1 / sqrt(var + eps), scale, shift, each [C] in f64, and moves the running statistics. */
  batchNormStatistics: {
    sums: u,
    weight: u,
    bias: u,
    runningMean: out,
    runningVar: out,
    saved: out,
    pixels: u,
    channels: u,
    images: u,
    slices: u,
    eps: f,
    momentum: f,
  },
  batchNormRunning: { weight: u, bias: u, runningMean: u, runningVar: u, saved: out, channels: u, eps: f },
  batchNormApply: { x: u, saved: u, y: out, blocks: u, pixels: u, channels: u, relu: u },
  /** Sums of dy and of dy * x, as those of batchNormSums; `y` is 0, or the output of the fused ReLU. */
  batchNormGradientSums: { dy: u, x: u, y: u, sums: out, blocks: u, pixels: u, channels: u, slices: u },
  /** Writes dWeight, dBias and factors = factor of x and offset in dx, each [C] in f64. */
  batchNormFactors: {
    sums: u,
    saved: u,
    factors: out,
    dWeight: out,
    dBias: out,
    pixels: u,
    channels: u,
    images: u,
    slices: u,
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
