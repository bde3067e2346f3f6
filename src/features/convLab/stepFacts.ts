/** What a step is about, in short: loop variables for the code panel, numbers for the sentence that is read aloud. */
import type { PlaneAxes } from '@/conv/geometry';
import { unreadInputs } from '@/conv/relations';
import type { PoolStep } from '@/conv/stages';
import {
  avgPooled,
  cellLength,
  convolved,
  gradientOf,
  maxPooled,
  stageLength,
  type Convolved,
} from '@/features/convLab/convLabDerived';
import type { LabDocument } from '@/features/convLab/convLabState';
import { convStageModel, convView, pointwiseView } from '@/features/convLab/stageModels';
import { avgPoolModel, maxPoolModel, reluStageModel } from '@/features/convLab/followingStages';
import { exactValue, termValue } from '@/ui/text/valueFormat';

export interface StepFacts {
  readonly done: number;
  readonly ofCell: number;
  readonly total: number;
  /** Names and values of the loop variables, in the loops' order; empty before the first step. */
  readonly variables: readonly (readonly [name: string, value: string])[];
  /** Text key and numbers of the announcement. */
  readonly announcement: Announcement;
}

export type Announcement =
  | { readonly key: 'ready'; readonly values: { readonly total: number } }
  | {
      readonly key: 'readyUnread';
      readonly values: { readonly total: number; readonly unread: number; readonly all: number };
    }
  | {
      readonly key: 'product' | 'landed' | 'gradient';
      readonly values: {
        readonly input: string;
        readonly weight: string;
        readonly product: string;
        readonly sum: string;
        readonly row: number;
        readonly column: number;
      };
    }
  | {
      readonly key: 'relu' | 'pool' | 'added' | 'averaged';
      readonly values: {
        readonly value: string;
        readonly result: string;
        readonly row: number;
        readonly column: number;
      };
    };

/** Null where the kernel does not fit. */
export function stepFacts(document: LabDocument): StepFacts | null {
  const conv = convolved(document);
  if (!conv.ok) return null;
  const total = stageLength(document);
  const done = Math.min(document.steps[document.stage], total);
  const ofCell = cellLength(document);
  const base = { done, ofCell, total };
  const ready: StepFacts = { ...base, variables: [], announcement: beginning(document, conv.value, total) };
  if (done === 0) return ready;
  switch (document.stage) {
    case 'conv':
    case 'pointwise': {
      const isPointwise = document.stage === 'pointwise';
      const view = isPointwise ? pointwiseView(document, conv.value) : convView(document, conv.value);
      const { current } = convStageModel(view, null, null);
      if (current === null) return ready;
      const { f, i, j, c, u, v, input, weight, product, sum } = current;
      const loops = isPointwise ? { f, i, j, c } : { f, i, j, c, u, v };
      return {
        ...base,
        variables: [...Object.entries(loops).map(named), ['sum', termValue(sum)]],
        announcement: {
          key: done % ofCell === 0 ? 'landed' : 'product',
          values: { ...exact({ input, weight, product, sum }), row: i + 1, column: j + 1 },
        },
      };
    }
    case 'relu': {
      const { current } = reluStageModel(document, conv.value);
      if (current === null) return ready;
      const { f, i, j, before, after } = current;
      return {
        ...base,
        variables: Object.entries({ f, i, j }).map(named),
        announcement: {
          key: 'relu',
          values: { ...exact({ value: before, result: after }), row: i + 1, column: j + 1 },
        },
      };
    }
    case 'pool': {
      const pool = maxPooled(conv.value, document);
      if (!pool.ok) return null;
      const { current } = maxPoolModel(document, conv.value, pool.value);
      if (current === null) return ready;
      const { i, j, value, largest } = current;
      return {
        ...base,
        variables: [...poolVariables(current, document), ['largest', termValue(largest)]],
        announcement: {
          key: 'pool',
          values: { ...exact({ value, result: largest }), row: i + 1, column: j + 1 },
        },
      };
    }
    case 'avgPool': {
      const pool = avgPooled(conv.value, document);
      if (!pool.ok) return null;
      const { current } = avgPoolModel(document, conv.value, pool.value);
      if (current === null) return ready;
      const { i, j, value, sum, mean } = current;
      const result = done % ofCell === 0 ? mean : sum;
      return {
        ...base,
        variables: [...poolVariables(current, document), ['sum', termValue(sum)]],
        announcement: {
          key: done % ofCell === 0 ? 'averaged' : 'added',
          values: { ...exact({ value, result }), row: i + 1, column: j + 1 },
        },
      };
    }
    case 'gradient': {
      const term = gradientOf(conv.value, document).terms[done - 1];
      if (term === undefined) return ready;
      const { row, column, input, outputGradient, product, sum } = term;
      return {
        ...base,
        variables: [...Object.entries({ a: row, b: column }).map(named), ['sum', termValue(sum)]],
        announcement: {
          key: 'gradient',
          values: {
            ...exact({ input, weight: outputGradient, product, sum }),
            row: row + 1,
            column: column + 1,
          },
        },
      };
    }
    default:
      return document.stage satisfies never;
  }
}

/** The beginning says what the whole stage leaves out. */
function beginning(document: LabDocument, conv: Convolved, total: number): Announcement {
  const axes = axesOf(document, conv);
  const unread = axes === null ? 0 : unreadInputs(axes.rows, axes.columns);
  if (axes === null || unread === 0) return { key: 'ready', values: { total } };
  return { key: 'readyUnread', values: { total, unread, all: axes.rows.input * axes.columns.input } };
}

/** The axes that a stage's windows slide along; null where it has no windows. */
function axesOf(document: LabDocument, conv: Convolved): PlaneAxes | null {
  switch (document.stage) {
    case 'conv':
    case 'gradient':
      return conv.trace.geometry;
    case 'pool': {
      const pool = maxPooled(conv, document);
      return pool.ok ? pool.value : null;
    }
    case 'avgPool': {
      const pool = avgPooled(conv, document);
      return pool.ok ? pool.value : null;
    }
    case 'relu':
    case 'pointwise':
      return null;
    default:
      return document.stage satisfies never;
  }
}

function poolVariables(
  { c, i, j, row, column }: PoolStep,
  { pool: { stride } }: LabDocument,
): (readonly [string, string])[] {
  return Object.entries({ c, i, j, u: row - i * stride, v: column - j * stride }).map(named);
}

function named([name, value]: readonly [string, number]): readonly [string, string] {
  return [name, String(value)];
}

function exact<Name extends string>(values: Readonly<Record<Name, number>>): Record<Name, string> {
  const entries = Object.entries<number>(values).map(([name, value]) => [name, exactValue(value)]);
  return Object.fromEntries(entries) as Record<Name, string>;
}
