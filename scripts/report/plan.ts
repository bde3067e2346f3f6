/** What `npm run report` trains, how long, and what each run has to reach. */
import { deadClasses } from '@/model/classCounts';
import type { RunConfig } from '@/model/runConfig';
import { bestTest, type FullTest } from '@/model/runResult';
import { knownPresets, type KnownPreset } from '@/model/knownPresets';
import { reportRunById, reportRuns, shortened, type Shortening } from '@/report/reportRuns';
import type { DiagnosisId } from '@/doctor/rules';
import type { Verdict } from './doctorWatch.ts';
import type { LossPoint } from './reportFile.ts';

/** What a run ended with, as its checks see it. */
export interface Outcome {
  readonly tests: readonly FullTest[];
  readonly losses: readonly LossPoint[];
  readonly verdicts: readonly Verdict[];
}

export interface Check {
  /** What has to hold, in English. */
  readonly text: string;
  readonly isMet: (outcome: Outcome) => boolean;
}

export interface PlannedRun {
  /** Unique within its file: run, length and seed. */
  readonly key: string;
  /** Of a run of the report, or of a preset that people know. */
  readonly id: string;
  readonly config: RunConfig;
  /** Such as `15 epochs` or `200 steps`. */
  readonly length: string;
  readonly checks: readonly Check[];
}

const accuracyOf = ({ tests }: Outcome): number => tests.at(-1)?.accuracy ?? NaN;
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function within(points: number, reference: number, who: string): Check {
  return {
    text: `within ${points} points of ${who}'s ${percent(reference)}`,
    isMet: (outcome) => Math.abs(accuracyOf(outcome) - reference) <= points / 100,
  };
}
function atLeast(share: number): Check {
  return { text: `at least ${percent(share)}`, isMet: (outcome) => accuracyOf(outcome) >= share };
}
const lossBelow = (limit: number): Check => ({
  text: `training loss below ${limit}`,
  isMet: ({ losses }) => (losses.at(-1)?.loss ?? NaN) < limit,
});
/** A network that has found out nothing is right by chance on one digit of ten. */
const plateau: Check = {
  text: 'still on the plateau, below 12 %',
  isMet: (outcome) => accuracyOf(outcome) < 0.12,
};
const deadAtEpochOne: Check = {
  text: 'digits without a single right prediction after the first epoch',
  isMet: ({ tests }) => tests[0] !== undefined && deadClasses(tests[0].classes).length > 0,
};
const said = (id: DiagnosisId, steps: number, when: string): Check => ({
  text: `the doctor says ${id} ${when}`,
  isMet: ({ verdicts }) => verdicts.some((verdict) => verdict.id === id && verdict.step <= steps),
});
const stepsAnEpoch = 938;
const namesDeadDigits: Check = {
  text: 'the doctor names dead digits before epoch 2 ends, and they are dead in its test',
  isMet: ({ verdicts, tests }) => {
    const verdict = verdicts.find(({ id }) => id === 'classes_never_predicted');
    const [first] = tests;
    if (verdict === undefined || first === undefined || verdict.digits.length === 0) return false;
    const dead = deadClasses(first.classes);
    return verdict.step < 2 * stepsAnEpoch && verdict.digits.every((digit) => dead.includes(digit));
  },
};
const leavesPlateau: Check = {
  text: 'leaves the plateau of 10 %',
  isMet: ({ tests }) => (bestTest(tests)?.accuracy ?? 0) > 0.2,
};

interface Item {
  readonly id: string;
  readonly by: Shortening | null;
  readonly seeds?: readonly number[];
  readonly checks: readonly Check[];
}

const epochs = (count: number): Shortening => ({ kind: 'epochs', epochs: count });
const images = (count: number): Shortening => ({ kind: 'images', images: count });

const vgg2 = { id: 'vgg2', by: epochs(1), checks: [within(2, 0.955, 'PyTorch')] };
const resnet = { id: 'resnet', by: epochs(3), checks: [within(1, 0.971, 'PyTorch')] };
const resnet18 = {
  id: 'resnet18_nll_logits',
  by: images(12_800),
  checks: [lossBelow(-10), said('unbounded_loss', 100, 'within 100 steps')],
};

/** Long enough to show what the report's runs are about, and to compare with PyTorch's figures. */
const standard: readonly Item[] = [
  { id: 'mynn', by: null, checks: [within(0.5, 0.9672, 'the report')] },
  {
    id: 'lenet_nll_softmax',
    by: epochs(15),
    seeds: [1, 2, 3],
    checks: [
      deadAtEpochOne,
      said('softmax_before_nll', stepsAnEpoch, 'in epoch 1'),
      namesDeadDigits,
      leavesPlateau,
    ],
  },
  { id: 'lenet_nll_softmax.fix', by: epochs(10), checks: [atLeast(0.97)] },
  resnet,
  resnet18,
  vgg2,
];

/** The short versions of the page, those aside that take a GPU. */
const quick: readonly Item[] = [
  { id: 'mynn', by: epochs(1), checks: [] },
  { id: 'lenet_nll_softmax', by: epochs(3), checks: [plateau, deadAtEpochOne, namesDeadDigits] },
  // Three seeds of PyTorch end up to 2.5 points apart here.
  { id: 'lenet_nll_softmax.fix', by: epochs(3), checks: [within(2.5, 0.9276, 'PyTorch')] },
  resnet,
  resnet18,
  vgg2,
];

/** Everything as long as the report ran it: days on a CPU. */
const whole: readonly Item[] = reportRuns.map(({ id }) => ({ id, by: null, checks: [] }));

export const plans = { standard, quick, whole } as const;
export type PlanName = keyof typeof plans;

function lengthOf({ epochs: count, trainingImages, batchSize }: RunConfig): string {
  if (trainingImages < 60_000) return `${Math.ceil(trainingImages / batchSize)} steps`;
  return count === 1 ? '1 epoch' : `${count} epochs`;
}

function planned(item: Item, seed: number): PlannedRun {
  const run = reportRunById(item.id);
  if (run === undefined) throw new RangeError(`The report has no run "${item.id}".`);
  const { full } = run.configs;
  const config = { ...(item.by === null ? full : shortened(full, item.by)), seed };
  const length = lengthOf(config);
  return { key: `${item.id}, ${length}, seed ${seed}`, id: item.id, config, length, checks: item.checks };
}

/** To the end of its own length. */
function knownRun({ id, config, published }: KnownPreset, seed: number): PlannedRun {
  const length = lengthOf(config);
  const checks = published === null ? [] : [within(0.5, published, 'the source')];
  return { key: `${id}, ${length}, seed ${seed}`, id, config: { ...config, seed }, length, checks };
}

/** @throws RangeError when `only` names none */
function expectKnown(only: readonly string[], known: readonly string[]): void {
  const missing = only.filter((id) => !known.includes(id));
  if (missing.length === 0) return;
  throw new RangeError(`Not in this plan: ${missing.join(', ')}. It has: ${known.join(', ')}.`);
}

/** The presets that people know. @throws RangeError when `only` names another */
export function plannedKnownRuns(only: readonly string[], seeds: readonly number[]): PlannedRun[] {
  expectKnown(
    only,
    knownPresets.map(({ id }) => id),
  );
  const presets = knownPresets.filter(({ id }) => only.length === 0 || only.includes(id));
  return presets.flatMap((preset) => (seeds.length > 0 ? seeds : [1]).map((seed) => knownRun(preset, seed)));
}

/** @throws RangeError when `only` names a run that the plan does not have */
export function plannedRuns(name: PlanName, only: readonly string[], seeds: readonly number[]): PlannedRun[] {
  const items = plans[name].filter(({ id }) => only.length === 0 || only.includes(id));
  expectKnown(
    only,
    plans[name].map(({ id }) => id),
  );
  return items.flatMap((item) =>
    (seeds.length > 0 ? seeds : (item.seeds ?? [1])).map((seed) => planned(item, seed)),
  );
}
