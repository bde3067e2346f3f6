/** What a person has typed of a sweep that is to come, and what it means. Pure. */
import type { Hyperparameter, HyperparameterKey, HyperparameterValue } from '@/model/hyperparameter';
import { hyperparameter } from '@/model/hyperparameters';
import { parseNumber } from '@/model/parseNumber';
import type { RunConfig } from '@/model/runConfig';
import {
  choicesOf,
  dimensionProblem,
  pointCount,
  sweepRuns,
  type DimensionProblem,
  type SweepDimension,
  type SweepRuns,
  type SweepSpec,
} from '@/model/sweep/sweep';
import { validateConfig } from '@/model/validate';
import { mostQueued } from '@/session/queue/queueStorage';

export interface DimensionDraft {
  readonly key: HyperparameterKey;
  readonly kind: 'range' | 'list';
  readonly low: number;
  readonly high: number;
  readonly scale: 'linear' | 'log';
  readonly count: number;
  /** Numbers as they were typed. */
  readonly text: string;
  /** Of a choice. */
  readonly chosen: readonly HyperparameterValue[];
}

export interface SweepDraft extends Pick<SweepSpec, 'method' | 'points' | 'drawSeed' | 'seeds'> {
  readonly dimensions: readonly DimensionDraft[];
}

const digits = 6;

/** Around the value in the settings: a tenth to ten times on a logarithmic scale, half to one and a half on another. */
export function draftOf(key: HyperparameterKey, base: RunConfig): DimensionDraft {
  const field = hyperparameter(key);
  const value = field.read(base) ?? field.default;
  const choices = choicesOf(field);
  const none = { key, low: 0, high: 1, scale: 'linear', count: 3, text: '' } as const;
  if (choices !== null || field.kind === 'choice' || field.kind === 'boolean')
    return { ...none, kind: 'list', chosen: choices ?? [] };
  const { min, max, kind, step } = field;
  const middle = Number(value);
  const scale = field.scale === 'log' && middle > 0 ? 'log' : 'linear';
  const fitted = (number: number): number => {
    const round = kind === 'integer' ? Math.round(number) : Number(number.toPrecision(digits));
    return Math.min(max, Math.max(min, round));
  };
  const [low, high] =
    scale === 'log'
      ? [fitted(middle / 10), fitted(middle * 10)]
      : middle === 0
        ? [fitted(min), fitted(min + 10 * (field.scale === 'log' ? 0.01 : step))]
        : [fitted(middle / 2), fitted(1.5 * middle)];
  return { ...none, kind: 'range', low, high, scale, chosen: [] };
}

export function newSweepDraft(base: RunConfig): SweepDraft {
  return { method: 'grid', points: 10, drawSeed: 1, seeds: 2, dimensions: [draftOf('learningRate', base)] };
}

export type DraftProblem =
  | { readonly code: 'nothing' | 'base' }
  | { readonly code: 'too_many'; readonly runs: number }
  | { readonly code: 'no_points'; readonly config: RunConfig }
  | { readonly code: 'dimension'; readonly key: HyperparameterKey; readonly problem: DimensionProblem }
  | { readonly code: 'not_a_number'; readonly key: HyperparameterKey; readonly value: string };

const words = (text: string): string[] => text.split(/[\s,;，；、]+/).filter(Boolean);

function listOf(field: Hyperparameter, text: string): readonly number[] | string {
  const values: number[] = [];
  for (const word of words(text)) {
    const parsed = parseNumber(word, field.kind === 'integer' ? 'integer' : 'number');
    if (!parsed.ok) return word;
    values.push(parsed.value);
  }
  return values;
}

function dimensionOf(draft: DimensionDraft): SweepDimension | DraftProblem {
  const { key, kind, low, high, scale, count, text, chosen } = draft;
  const field = hyperparameter(key);
  if (kind === 'range') return { kind, key, low, high, scale, count };
  if (choicesOf(field) !== null) return { kind, key, values: chosen };
  const values = listOf(field, text);
  return typeof values === 'string' ? { code: 'not_a_number', key, value: values } : { kind, key, values };
}

/** The runs of a sweep under this id, or why it cannot be begun. */
export function plannedSweep(
  { dimensions: drafts, ...others }: SweepDraft,
  base: RunConfig,
  id: string,
): SweepRuns | DraftProblem {
  if (drafts.length === 0) return { code: 'nothing' };
  const dimensions: SweepDimension[] = [];
  for (const draft of drafts) {
    const dimension = dimensionOf(draft);
    if ('code' in dimension) return dimension;
    const problem = dimensionProblem(
      // Random points draw as many values as there are points.
      others.method === 'random' && dimension.kind === 'range' ? { ...dimension, count: 2 } : dimension,
    );
    if (problem !== null) return { code: 'dimension', key: draft.key, problem };
    dimensions.push(dimension);
  }
  const spec: SweepSpec = { base, dimensions, ...others };
  const most = pointCount(spec) * spec.seeds;
  // Not counted out: those that come out alike are few.
  if (most > mostQueued) return { code: 'too_many', runs: most };
  const planned = sweepRuns(spec, id);
  if (planned.points > 0) return planned;
  const [invalid] = planned.invalid;
  return invalid === undefined || validateConfig(base).length > 0
    ? { code: 'base' }
    : { code: 'no_points', config: invalid };
}
