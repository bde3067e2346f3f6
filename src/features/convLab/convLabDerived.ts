/** What follows from a document: traces and results of its stages, or why there are none. */
import { convolve, type ConvResult } from '@/conv/convolution';
import { ConvError } from '@/conv/geometry';
import { traceWeightGradient, weightGradient, type GradientTerm } from '@/conv/gradient';
import {
  relu,
  traceAvgPool,
  traceMaxPool,
  type Addition,
  type MaxPoolTrace,
  type PoolTrace,
} from '@/conv/stages';
import { traceConvolution, type ConvTrace } from '@/conv/trace';
import type { LabDocument, LabStage } from '@/features/convLab/convLabState';

export interface Convolved {
  readonly trace: ConvTrace;
  readonly output: ConvResult;
}

export interface GradientStage {
  readonly outputGradient: Float64Array;
  readonly terms: readonly GradientTerm[];
  readonly weights: Float64Array;
}

const pointwiseSettings = {
  operator: 'cross_correlation',
  stride: 1,
  padding: 0,
  dilation: 1,
  groups: 1,
} as const;

export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ConvError };

function attempt<T>(run: () => T): Attempt<T> {
  try {
    return { ok: true, value: run() };
  } catch (error) {
    if (error instanceof ConvError) return { ok: false, error };
    throw error;
  }
}

/** Remembers the last answer: a lab has one document, and players ask for it at every frame. */
function remembered<Key extends readonly unknown[], T>(compute: (...key: Key) => T): (...key: Key) => T {
  let last: { readonly key: Key; readonly value: T } | null = null;
  return (...key) => {
    if (last !== null && last.key.every((part, index) => part === key[index])) return last.value;
    const value = compute(...key);
    last = { key, value };
    return value;
  };
}

const convolvedOf = remembered(
  (
    input: LabDocument['input'],
    kernel: LabDocument['kernel'],
    bias: LabDocument['bias'],
    settings: LabDocument['settings'],
  ): Attempt<Convolved> =>
    attempt(() => ({
      trace: traceConvolution(input, kernel, bias, settings),
      output: convolve(input, kernel, bias, settings),
    })),
);
const reluOf = remembered((output: ConvResult): ConvResult => relu(output));
const maxPoolOf = remembered((activated: ConvResult, pool: LabDocument['pool']): Attempt<MaxPoolTrace> =>
  attempt(() => traceMaxPool(activated, pool)),
);
const avgPoolOf = remembered(
  (activated: ConvResult, pool: LabDocument['pool']): Attempt<PoolTrace<Addition>> =>
    attempt(() => traceAvgPool(activated, pool)),
);
const pointwiseOf = remembered((output: ConvResult, weights: LabDocument['pointwise']): Convolved => ({
  trace: traceConvolution(output, weights, null, pointwiseSettings),
  output: convolve(output, weights, null, pointwiseSettings),
}));
const outputGradientOf = remembered((output: ConvResult, kind: LabDocument['outputGradient']): Float64Array =>
  kind === 'ones' ? new Float64Array(output.data.length).fill(1) : output.data,
);
const weightsOf = remembered(
  ({ trace }: Convolved, outputGradient: Float64Array): Float64Array =>
    weightGradient(trace.geometry, trace.plane, outputGradient).data,
);
const termsOf = remembered(
  ({ trace }: Convolved, outputGradient: Float64Array, weight: LabDocument['weight']): GradientTerm[] =>
    traceWeightGradient(trace.geometry, trace.plane, outputGradient, weight),
);

/** The convolution; fails with the reason where the kernel does not fit. */
export function convolved({ input, kernel, bias, settings }: LabDocument): Attempt<Convolved> {
  return convolvedOf(input, kernel, bias, settings);
}

/** ReLU of the convolution's output. */
export function activated({ output }: Convolved): ConvResult {
  return reluOf(output);
}

export function maxPooled(conv: Convolved, { pool }: LabDocument): Attempt<MaxPoolTrace> {
  return maxPoolOf(activated(conv), pool);
}

export function avgPooled(conv: Convolved, { pool }: LabDocument): Attempt<PoolTrace<Addition>> {
  return avgPoolOf(activated(conv), pool);
}

/** The 1 x 1 convolution of the convolution's output. */
export function pointwise({ output }: Convolved, document: LabDocument): Convolved {
  return pointwiseOf(output, document.pointwise);
}

export function gradientOf(conv: Convolved, document: LabDocument): GradientStage {
  const outputGradient = outputGradientOf(conv.output, document.outputGradient);
  return {
    outputGradient,
    terms: termsOf(conv, outputGradient, document.weight),
    weights: weightsOf(conv, outputGradient),
  };
}

/** Operations of a stage; 0 where it cannot run. */
export function stageLength(document: LabDocument, stage: LabStage = document.stage): number {
  const conv = convolved(document);
  if (!conv.ok) return 0;
  const { output, trace } = conv.value;
  switch (stage) {
    case 'conv':
      return trace.length;
    case 'relu':
      return output.data.length;
    case 'pool':
    case 'avgPool': {
      const pool = stage === 'pool' ? maxPooled(conv.value, document) : avgPooled(conv.value, document);
      return pool.ok ? pool.value.length : 0;
    }
    case 'pointwise':
      return pointwise(conv.value, document).trace.length;
    case 'gradient':
      return output.data.length / trace.geometry.filters;
    default:
      return stage satisfies never;
  }
}

/** Operations that finish one output cell of a stage. */
export function cellLength(document: LabDocument, stage: LabStage = document.stage): number {
  const conv = convolved(document);
  if (!conv.ok) return 1;
  switch (stage) {
    case 'conv':
      return conv.value.trace.geometry.windowLength;
    case 'pool':
    case 'avgPool':
      return document.pool.kernelSize * document.pool.kernelSize;
    case 'pointwise':
      return document.kernel.shape[0];
    case 'relu':
    case 'gradient':
      return 1;
    default:
      return stage satisfies never;
  }
}
