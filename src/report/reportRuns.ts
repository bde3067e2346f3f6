/**
 * The report's training runs and the fixes of its broken ones, each in the report's own length and in a short version.
 * Settings and figures are the presets' (model/presets.ts); this adds what is run here.
 */
import { fixedConfig, presets, type Measurement, type Preset } from '@/model/presets';
import { sameConfig, stepsPerEpoch, type RunConfig } from '@/model/runConfig';
import { totalSteps } from '@/model/learningRate';

export const runLengths = ['full', 'short'] as const;
export type RunLength = (typeof runLengths)[number];

/** How a short version is shorter; everything else is the report's. */
export type Shortening =
  | { readonly kind: 'epochs'; readonly epochs: number }
  /** One epoch over the first so many images. */
  | { readonly kind: 'images'; readonly images: number };

export interface ReportRun {
  readonly id: string;
  readonly preset: Preset;
  /** The preset with its loss put right, and nothing else changed. */
  readonly isFix: boolean;
  readonly configs: Readonly<Record<RunLength, RunConfig>>;
  readonly shortening: Shortening;
  /** What the report measured; null for a fix, which it did not run. */
  readonly report: Measurement | null;
  /** What PyTorch measured, at several lengths. */
  readonly pytorch: readonly Measurement[];
}

/** A minute or two on a laptop for the small networks; where PyTorch was measured at that length, it is that length. */
const shortenings: Readonly<Record<string, Shortening>> = {
  mynn: { kind: 'epochs', epochs: 1 },
  // 134 million weights: ten steps show that nothing moves at 1e-6.
  vgg16_nll_logits: { kind: 'images', images: 640 },
  vgg2: { kind: 'epochs', epochs: 1 },
  // 200 steps of 64.
  resnet18_nll_logits: { kind: 'images', images: 12_800 },
  resnet: { kind: 'epochs', epochs: 3 },
  // Shows the plateau alone; the jump comes at epochs 7 to 13.
  lenet_nll_softmax: { kind: 'epochs', epochs: 3 },
};

/** The configuration cut short. */
export function shortened(config: RunConfig, by: Shortening): RunConfig {
  return by.kind === 'epochs'
    ? { ...config, epochs: by.epochs }
    : { ...config, epochs: 1, trainingImages: by.images };
}

function runOf(preset: Preset, config: RunConfig, isFix: boolean): ReportRun {
  const shortening = shortenings[preset.id];
  if (shortening === undefined) throw new RangeError(`The preset ${preset.id} has no short version.`);
  return {
    id: isFix ? fixId(preset.id) : preset.id,
    preset,
    isFix,
    configs: { full: config, short: shortened(config, shortening) },
    shortening,
    report: isFix ? null : preset.report,
    pytorch: isFix ? (preset.fix?.pytorch ?? []) : preset.pytorch,
  };
}

const fixId = (presetId: string): string => `${presetId}.fix`;

/** In the report's order, each broken run followed by its fix. */
export const reportRuns: readonly ReportRun[] = presets.flatMap((preset) => {
  const fixed = fixedConfig(preset);
  const run = runOf(preset, preset.config, false);
  return fixed === null ? [run] : [run, runOf(preset, fixed, true)];
});

/** The run with this id, or undefined. */
export function reportRunById(id: string): ReportRun | undefined {
  return reportRuns.find((run) => run.id === id);
}

export interface BrokenAndFixed {
  readonly broken: ReportRun;
  readonly fixed: ReportRun;
}

/** The broken runs, each beside its fix. */
export const brokenAndFixed: readonly BrokenAndFixed[] = presets.flatMap((preset) => {
  const broken = reportRunById(preset.id);
  const fixed = reportRunById(fixId(preset.id));
  return broken !== undefined && fixed !== undefined ? [{ broken, fixed }] : [];
});

export interface RunMatch {
  readonly run: ReportRun;
  readonly length: RunLength;
}

/** Which run of the report these settings are, whatever the seed; null where they are another one. */
export function matchRun(config: RunConfig): RunMatch | null {
  for (const run of reportRuns) {
    for (const length of runLengths) {
      if (sameConfig({ ...run.configs[length], seed: config.seed }, config)) return { run, length };
    }
  }
  return null;
}

/** Steps after which a measurement was made, in a run with these settings. */
function stepOf({ unit, after }: Measurement, config: RunConfig): number {
  return unit === 'step' ? after : after * stepsPerEpoch(config);
}

/** PyTorch's figure after as many steps as the run has; null where it was not measured there. */
export function pytorchAtEnd(run: ReportRun, length: RunLength): Measurement | null {
  const end = totalSteps(run.configs[length]);
  return run.pytorch.find((item) => stepOf(item, run.preset.config) === end) ?? null;
}
