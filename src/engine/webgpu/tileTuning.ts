/**
 * A short measurement of how large tiles should be on a real GPU, kept for the next visit. The rules of kernels/tuning.ts come from
 * two cards; this is for all others. (Those of the software adapters were measured on each of the two that browsers and Mesa bring.)
 * It chooses speed alone: sums keep their order (kernels/tuning.ts), so a run has the same bits whatever was chosen.
 */
import { toldInfo } from '@/engine/adapterInfo';
import { convForward, convInputGradient, convWeightGradient } from '@/engine/webgpu/kernels/conv';
import type { KernelSequence, KernelTarget } from '@/engine/webgpu/kernels/convShape';
import { PipelineCache } from '@/engine/webgpu/pipelines';
import { timedSequence, type TimedSequence } from '@/engine/webgpu/timedSequence';
import { ruleChoices, type TileChoice, type TileChoices, type TileChoiceStore } from '@/model/tileChoices';

type Family = keyof TileChoices;

const tileOf = (rows: TileChoice['rows'], columns: TileChoice['columns']): TileChoice => ({
  ...ruleChoices.fpropDgrad,
  rows,
  columns,
});

/** What is tried beside the rule. Half as many columns never won. */
const candidates: readonly TileChoice[] = [
  tileOf(2, 1),
  tileOf(0.5, 1),
  tileOf(1, 2),
  tileOf(2, 2),
  { ...tileOf(1, 1), workgroupTiling: false },
  { ...tileOf(1, 1), subgroupBroadcast: true },
];

const shapeOf = (inChannels: number, outChannels: number, size: number, kernelSize: number) => ({
  height: size,
  width: size,
  inChannels,
  outChannels,
  kernelSize,
  stride: 1,
  padding: kernelSize === 3 ? 1 : 0,
});

/** Of the small networks, of a wide one, and of the last layers of a deep one. */
const few = shapeOf(16, 32, 12, 5);
const many = shapeOf(64, 64, 14, 3);
const deep = shapeOf(128, 128, 4, 3);

/** Kernels that stand for the others of their family. */
function samplesOf(family: Family, batch: number, target: KernelTarget): KernelSequence[] {
  if (family === 'wgrad')
    return [few, many].map((shape) => convWeightGradient({ ...shape, batch, bias: true }, target));
  return [
    convForward({ ...few, batch, bias: true, relu: true }, target),
    ...[few, many, deep].map((shape) => convInputGradient({ ...shape, batch }, target)),
  ];
}

/** The first is single runs, which say how many make a submit of the wanted length. */
const rounds = 7;
/** As many are needed for a median; a slow adapter is given no more. */
const fewestRounds = 3;
/**
 * Milliseconds for the pipelines of one family, and again for its rounds: nobody waits longer for a page that is new to them. Where
 * pipelines are later, the rule stays.
 */
const timeLimit = 2000;
/** A submit is made as long as this, so that its own cost, about 0.2 ms, weighs little. */
const submitMilliseconds = 3;
/** A choice must be so much faster than the rule: less is noise, and not worth leaving what was tested most. */
const mostOfRulesTime = 0.9;

interface Entry {
  readonly choice: TileChoice;
  readonly sequences: readonly TimedSequence[];
  /** Milliseconds of each in every round. */
  readonly times: readonly number[][];
}

async function measure({ sequences, times }: Entry): Promise<void> {
  for (const [i, sequence] of sequences.entries()) {
    const known = Math.min(...(times[i] ?? []), submitMilliseconds);
    const repeats = Math.max(1, Math.min(200, Math.floor(submitMilliseconds / known)));
    // One after the other: they would share the adapter.
    // oxlint-disable-next-line no-await-in-loop
    times[i]?.push(await sequence.run(repeats));
  }
}

function release(entries: readonly Entry[]): void {
  for (const { sequences } of entries) sequences.forEach(({ destroy }) => destroy());
}

/**
 * Mean time as a share of the rule's: of each kernel the median over rounds, each against the rule's time in the same round, since
 * a graphics card's clock rises while it is measured.
 */
function relativeTime({ times }: Entry, rule: Entry): number {
  const medians = times.map((own, i) => {
    const ratios = own.map((time, round) => time / (rule.times[i]?.[round] ?? Number.NaN));
    return ratios.toSorted((a, b) => a - b)[ratios.length >> 1] ?? Number.NaN;
  });
  return medians.reduce((sum, median) => sum + median, 0) / medians.length;
}

async function tuneFamily(
  device: GPUDevice,
  target: KernelTarget,
  images: number,
  family: Family,
): Promise<TileChoice> {
  const cache = new PipelineCache(device);
  const entryOf = async (choice: TileChoice): Promise<Entry> => {
    const chosen = { ...target, choices: { ...ruleChoices, [family]: choice } };
    const made = samplesOf(family, images, chosen).map((kernels) => timedSequence(device, cache, kernels));
    return { choice, sequences: await Promise.all(made), times: made.map(() => []) };
  };
  const compiled = Promise.all([tileOf(1, 1), ...candidates].map(entryOf));
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), timeLimit));
  const entries = await Promise.race([compiled, late]);
  if (entries === null) {
    void compiled.then(release, () => undefined);
    return ruleChoices[family];
  }
  // In turn: a busy machine disturbs all of them alike.
  const end = performance.now() + timeLimit;
  for (let round = 0; round < fewestRounds || (round < rounds && performance.now() < end); round += 1)
    // oxlint-disable-next-line no-await-in-loop
    for (const entry of entries) await measure(entry);
  release(entries);
  const [rule, ...others] = entries;
  if (rule === undefined) return ruleChoices[family];
  const [fastest] = others
    .map((entry) => ({ choice: entry.choice, time: relativeTime(entry, rule) }))
    .toSorted((a, b) => a.time - b.time);
  return fastest !== undefined && fastest.time <= mostOfRulesTime ? fastest.choice : rule.choice;
}

/** Names an adapter and what kernels are made for on it; a change of samples, candidates or rules counts the version up. */
function adapterKey({ adapterInfo }: GPUDevice, { subgroupSize }: KernelTarget): string {
  const { vendor, architecture, device, description } = toldInfo(adapterInfo);
  return ['v4', vendor, architecture, device, description, subgroupSize ?? 'none'].join('|');
}

/**
 * What was kept for this adapter, or a measurement on batches of `images`, which is kept; the rules where it fails: what they make may
 * still work. Takes a second or two on a device that does nothing else.
 */
export async function tunedChoices(
  device: GPUDevice,
  target: KernelTarget,
  store: TileChoiceStore,
  images = 64,
): Promise<TileChoices> {
  const key = adapterKey(device, target);
  const kept = await store.load(key);
  if (kept !== null) return kept;
  try {
    const fpropDgrad = await tuneFamily(device, target, images, 'fpropDgrad');
    const choices = { fpropDgrad, wgrad: await tuneFamily(device, target, images, 'wgrad') };
    await store.save(key, choices);
    return choices;
  } catch (error) {
    console.warn('Tiles could not be measured on this adapter; the standard ones are used.', error);
    return ruleChoices;
  }
}
