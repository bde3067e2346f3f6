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

type Shapes = Readonly<Record<'few' | 'many', ConvShape>>;

const few: Omit<ConvShape, 'batch'> = {
  height: 12,
  width: 12,
  inChannels: 16,
  outChannels: 32,
  kernelSize: 5,
  stride: 1,
  padding: 0,
};
const many: Omit<ConvShape, 'batch'> = {
  height: 14,
  width: 14,
  inChannels: 64,
  outChannels: 64,
  kernelSize: 3,
  stride: 1,
  padding: 1,
};

/** Few and many channels. A software adapter is busy with fewer images, and takes seconds over more. */
const shapesFor = ({ isSoftware }: KernelTarget): Shapes => ({
  few: { ...few, batch: isSoftware ? 8 : 64 },
  many: { ...many, batch: isSoftware ? 2 : 64 },
});

/** Kernels of a small and of a wide network, which stand for the others of their family. */
const samples: Readonly<Record<Family, (shapes: Shapes, target: KernelTarget) => KernelSequence[]>> = {
  gather: ({ few, many }, target) => [
    convForward({ ...few, bias: true, relu: true }, target),
    convInputGradient(many, target),
  ],
  reduce: ({ few, many }, target) => [
    convWeightGradient({ ...few, bias: true }, target),
    convWeightGradient({ ...many, bias: true }, target),
  ],
};

const rounds = 8;
/** Milliseconds for one family, pipelines included: nobody waits longer for a page that is new to them; then the rule stays. */
const patience = 2000;
/** A submit is made as long as this, so that its own cost, about 0.2 ms, weighs little. */
const submitMilliseconds = 3;
/** A choice must be so much faster than the rule: less is noise, and not worth leaving what was tested most. */
const gain = 0.9;

interface Entry {
  readonly choice: TileChoice;
  readonly sequences: readonly TimedSequence[];
  /** Milliseconds of each. */
  readonly best: number[];
}

async function measure({ sequences, best }: Entry): Promise<void> {
  for (const [i, sequence] of sequences.entries()) {
    const known = best[i] ?? Number.POSITIVE_INFINITY;
    const times = Math.max(1, Math.min(200, Math.floor(submitMilliseconds / known)));
    // One after the other: they would share the adapter.
    // oxlint-disable-next-line no-await-in-loop
    best[i] = Math.min(known, await sequence.run(times));
  }
}

function release(entries: readonly Entry[]): void {
  for (const { sequences } of entries) sequences.forEach(({ destroy }) => destroy());
}

async function tuneFamily(device: GPUDevice, target: KernelTarget, family: Family): Promise<TileChoice> {
  const cache = new PipelineCache(device);
  const shapes = shapesFor(target);
  const entryOf = async (choice: TileChoice): Promise<Entry> => {
    const chosen = { ...target, choices: { ...ruleChoices, [family]: choice } };
    const made = samples[family](shapes, chosen).map((kernels) => timedSequence(device, cache, kernels));
    return { choice, sequences: await Promise.all(made), best: [] };
  };
  const tried = candidates[target.isSoftware ? 'software' : 'hardware'];
  const end = performance.now() + patience;
  const compiled = Promise.all([tileOf(1, 1), ...tried].map(entryOf));
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), patience));
  const entries = await Promise.race([compiled, late]);
  if (entries === null) {
    void compiled.then(release, () => undefined);
    return ruleChoices[family];
  }
  const [rule] = entries;
  // In turn, the best of several: a busy machine disturbs all of them alike.
  for (let round = 0; round < rounds && performance.now() < end; round += 1)
    // oxlint-disable-next-line no-await-in-loop
    for (const entry of entries) await measure(entry);
  release(entries);
  /** Mean time as a share of the rule's. */
  const share = ({ best }: Entry): number =>
    best.reduce((sum, milliseconds, i) => sum + milliseconds / (rule?.best[i] ?? milliseconds), 0) /
    best.length;
  if (rule === undefined || rule.best.length === 0) return ruleChoices[family];
  const fastest = entries.reduce((a, b) => (share(b) < share(a) ? b : a));
  return share(fastest) <= gain ? fastest.choice : rule.choice;
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
