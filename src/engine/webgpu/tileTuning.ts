/**
 * A short measurement of how large tiles should be on an adapter, kept for the next visit. The rules of kernels/tuning.ts come from
 * three adapters; this is for all others. It chooses speed alone: sums keep their order (kernels/tuning.ts), so a run has the
 * same bits whatever was chosen.
 */
import { convForward, convInputGradient, convWeightGradient } from '@/engine/webgpu/kernels/conv';
import type { ConvShape, KernelSequence, KernelTarget } from '@/engine/webgpu/kernels/convShape';
import { PipelineCache } from '@/engine/webgpu/pipelines';
import { timedSequence, type TimedSequence } from '@/engine/webgpu/timedSequence';
import { ruleChoices, type TileChoice, type TileChoices, type TileChoiceStore } from '@/model/tileChoices';

type Family = keyof TileChoices;

const tileOf = (rows: TileChoice['rows'], columns: TileChoice['columns']): TileChoice => ({
  ...ruleChoices.gather,
  rows,
  columns,
});

/** What is tried beside the rule. Half as many columns never won on real hardware, twice as many spill registers on software. */
const candidates: Readonly<Record<'software' | 'hardware', readonly TileChoice[]>> = {
  software: [tileOf(2, 1), tileOf(0.5, 1), tileOf(1, 0.5)],
  hardware: [
    tileOf(2, 1),
    tileOf(0.5, 1),
    tileOf(1, 2),
    tileOf(2, 2),
    { ...tileOf(1, 1), stages: false },
    { ...tileOf(1, 1), shares: true },
  ],
};

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

/** Kernels that stand for the others of their family. A software adapter is busy with fewer images, and takes seconds over more. */
function samplesOf(family: Family, target: KernelTarget): KernelSequence[] {
  const batched = (shape: typeof few, images: number): ConvShape => ({
    ...shape,
    batch: target.isSoftware ? images : 64,
  });
  if (family === 'reduce')
    return [batched(few, 8), batched(many, 2)].map((shape) =>
      convWeightGradient({ ...shape, bias: true }, target),
    );
  return [
    convForward({ ...batched(few, 8), bias: true, relu: true }, target),
    ...[batched(many, 2), ...(target.isSoftware ? [] : [batched(few, 8), batched(deep, 8)])].map((shape) =>
      convInputGradient(shape, target),
    ),
  ];
}

/** The first is single runs, which say how many make a submit of the wanted length. */
const rounds = 7;
/** Milliseconds for the pipelines of one family: nobody waits longer for a page that is new to them; then the rule stays. */
const patience = 2000;
/** A submit is made as long as this, so that its own cost, about 0.2 ms, weighs little. */
const submitMilliseconds = 3;
/** A choice must be so much faster than the rule: less is noise, and not worth leaving what was tested most. */
const gain = 0.9;

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
function shareOf({ times }: Entry, rule: Entry): number {
  const shares = times.map((own, i) => {
    const ratios = own.map((time, round) => time / (rule.times[i]?.[round] ?? Number.NaN));
    return ratios.toSorted((a, b) => a - b)[ratios.length >> 1] ?? Number.NaN;
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

async function tuneFamily(device: GPUDevice, target: KernelTarget, family: Family): Promise<TileChoice> {
  const cache = new PipelineCache(device);
  const entryOf = async (choice: TileChoice): Promise<Entry> => {
    const chosen = { ...target, choices: { ...ruleChoices, [family]: choice } };
    const made = samplesOf(family, chosen).map((kernels) => timedSequence(device, cache, kernels));
    return { choice, sequences: await Promise.all(made), times: made.map(() => []) };
  };
  const tried = candidates[target.isSoftware ? 'software' : 'hardware'];
  const compiled = Promise.all([tileOf(1, 1), ...tried].map(entryOf));
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), patience));
  const entries = await Promise.race([compiled, late]);
  if (entries === null) {
    void compiled.then(release, () => undefined);
    return ruleChoices[family];
  }
  // In turn: a busy machine disturbs all of them alike.
  for (let round = 0; round < rounds; round += 1)
    // oxlint-disable-next-line no-await-in-loop
    for (const entry of entries) await measure(entry);
  release(entries);
  const [rule, ...others] = entries;
  if (rule === undefined) return ruleChoices[family];
  const [fastest] = others
    .map((entry) => ({ choice: entry.choice, share: shareOf(entry, rule) }))
    .toSorted((a, b) => a.share - b.share);
  return fastest !== undefined && fastest.share <= gain ? fastest.choice : rule.choice;
}

/**
 * Measures on a device that does nothing else: about half a second, and where pipelines are slow to compile, some seconds.
 * @throws EngineError `device` where a kernel does not compile
 */
async function tuneTiles(device: GPUDevice, target: KernelTarget): Promise<TileChoices> {
  const gather = await tuneFamily(device, target, 'gather');
  return { gather, reduce: await tuneFamily(device, target, 'reduce') };
}

/** Names an adapter and what kernels are made for on it; a change of the samples or candidates counts the version up. */
function adapterKey({ adapterInfo }: GPUDevice, { isSoftware, subgroupSize }: KernelTarget): string {
  const { vendor, architecture, device, description } = adapterInfo;
  return ['v2', vendor, architecture, device, description, isSoftware, subgroupSize ?? 'none'].join('|');
}

/** What was kept for this adapter, or a measurement, which is kept; the rules where it fails: what they make may still work. */
export async function tunedChoices(
  device: GPUDevice,
  target: KernelTarget,
  store: TileChoiceStore,
): Promise<TileChoices> {
  const key = adapterKey(device, target);
  const kept = await store.load(key);
  if (kept !== null) return kept;
  try {
    const choices = await tuneTiles(device, target);
    await store.save(key, choices);
    return choices;
  } catch (error) {
    console.warn('Tiles could not be measured on this adapter; the standard ones are used.', error);
    return ruleChoices;
  }
}
