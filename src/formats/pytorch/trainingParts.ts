/** Loss, optimizer, schedule and initialisation as lines of Python, out of what their definitions say of PyTorch. */
import { literal } from '@/formats/pytorch/python';
import { classCount } from '@/model/classCounts';
import { initialisations, type WeightInit } from '@/model/initialisations';
import type { Field } from '@/model/kindFields';
import type { LayerSpec } from '@/model/layers';
import { losses, weightOf, type LossKind, type LossSpec } from '@/model/losses';
import { optimizers, type OptimizerSpec } from '@/model/optimizers';
import type { RunConfig } from '@/model/runConfig';
import type { ScheduleKind, ScheduleSpec } from '@/model/schedules';

type Settings = Readonly<Record<string, unknown>>;

/** Values by PyTorch's argument; `betas[0]` and `betas[1]` are a list under `betas`. */
function argumentsOf(fields: Readonly<Record<string, Field>>, spec: Settings): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [key, { argument }] of Object.entries(fields)) {
    const [, list] = /^(\w+)\[\d+\]$/u.exec(argument) ?? [];
    if (list === undefined) found.set(argument, spec[key]);
    else found.set(list, [...((found.get(list) as unknown[] | undefined) ?? []), spec[key]]);
  }
  return found;
}

/** The body of `criterion(z, t)`: the mean loss of logits and labels. */
export function lossLines(spec: LossSpec): string[] {
  const { fields, pytorch } = losses[spec.kind];
  const named = argumentsOf(fields, { ...spec });
  const settings = [...named].map(([name, value]) =>
    Array.isArray(value)
      ? `${name} = torch.tensor(${literal(value)}, dtype=z.dtype, device=z.device)`
      : `${name} = ${literal(value)}`,
  );
  // What its short form leaves out.
  const further = [...named.keys()].filter((name) => !new RegExp(`\\b${name}\\b`, 'u').test(pytorch));
  const call = pytorch.replace(/\)$/u, `${further.map((name) => `, ${name}=${name}`).join('')})`);
  return [...settings, `return ${call}`];
}

/** What an image of each digit counts for in the mean; null where all count alike. */
export function labelWeights<K extends LossKind>(spec: LossSpec<K>): readonly number[] | null {
  const weights = Array.from({ length: classCount }, (_, label) => weightOf(spec, [label]));
  return weights.every((weight) => weight === 1) ? null : weights;
}

/** `torch.optim.SGD(parameters, lr=LEARNING_RATE, ...)` */
export function optimizerSource(spec: OptimizerSpec): string {
  const args = [...argumentsOf(optimizers[spec.kind].fields, { ...spec })].map(
    ([name, value]) =>
      `${name}=${Array.isArray(value) ? `(${value.map(literal).join(', ')})` : literal(value)}`,
  );
  return `torch.optim.${spec.kind}(${['parameters', 'lr=LEARNING_RATE', ...args].join(', ')})`;
}

const cosineLines = [
  'def cosine(start, end, share):',
  '    return end + (start - end) / 2 * (1 + math.cos(math.pi * share))',
  '',
  '',
];

type Factors = {
  readonly [K in ScheduleKind]: (spec: ScheduleSpec<K>) => {
    readonly before?: readonly string[];
    readonly body: readonly string[];
  };
};

/** The closed forms of model/schedules/, which are torch.optim.lr_scheduler's where there is such a class. */
const factors: Factors = {
  constant: () => ({ body: ['return 1.0'] }),
  step: ({ stepEpochs, gamma }) => ({
    body: [`return ${literal(gamma)} ** (step // STEPS_PER_EPOCH // ${stepEpochs})`],
  }),
  multi_step: ({ milestone1, milestone2, milestone3, gamma }) => ({
    body: [
      `milestones = ${literal([milestone1, milestone2, milestone3].filter((epoch) => epoch > 0))}`,
      `return ${literal(gamma)} ** sum(epoch <= step // STEPS_PER_EPOCH for epoch in milestones)`,
    ],
  }),
  exponential: ({ gamma }) => ({ body: [`return ${literal(gamma)} ** (step // STEPS_PER_EPOCH)`] }),
  cosine: ({ minLearningRate }) => ({
    before: cosineLines,
    body: [
      `return cosine(1, ${literal(minLearningRate)} / LEARNING_RATE, min(step, TOTAL_STEPS) / TOTAL_STEPS)`,
    ],
  }),
  cosine_restarts: ({ cycleEpochs, cycleFactor, minLearningRate }) => ({
    before: cosineLines,
    body: [
      `length = ${cycleEpochs} * STEPS_PER_EPOCH`,
      ...(cycleFactor === 1
        ? ['step %= length']
        : ['while step >= length:', `    step, length = step - length, length * ${cycleFactor}`]),
      `return cosine(1, ${literal(minLearningRate)} / LEARNING_RATE, step / length)`,
    ],
  }),
  one_cycle: ({ pctStart, divFactor, finalDivFactor }) => ({
    before: cosineLines,
    body: [
      `start, end = 1 / ${literal(divFactor)}, 1 / ${literal(divFactor)} / ${literal(finalDivFactor)}`,
      `step, peak = min(step, TOTAL_STEPS - 1), ${literal(pctStart)} * TOTAL_STEPS - 1`,
      'if step <= peak:',
      '    return cosine(start, 1, step / peak if peak else 1)',
      'return cosine(1, end, (step - peak) / (TOTAL_STEPS - 1 - peak))',
    ],
  }),
  plateau: (spec) => ({
    before: [
      '# Reduced on a rate of its own, since the factors are multiplied with the first one.',
      'reduced = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=LEARNING_RATE)',
      'plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(',
      `    reduced, factor=${literal(spec.factor)}, patience=${spec.patience}, threshold=${literal(spec.threshold)},`,
      `    threshold_mode=${literal(spec.relativeThreshold ? 'rel' : 'abs')}, cooldown=${spec.cooldown}, min_lr=${literal(spec.minLearningRate)},`,
      `    eps=${literal(spec.smallestChange)},`,
      ')',
      '',
      '',
    ],
    body: ['return reduced.param_groups[0]["lr"] / LEARNING_RATE'],
  }),
};

function factorOf<K extends ScheduleKind>(spec: ScheduleSpec<K>): ReturnType<Factors[K]> {
  return factors[spec.kind](spec) as ReturnType<Factors[K]>;
}

/** `def factor(step)`: what the learning rate of a step is multiplied with, warm-up included. */
export function scheduleLines({ schedule, warmupSteps, learningRate }: RunConfig): string[] {
  const { before = [], body } = learningRate === 0 ? { body: ['return 1.0'] } : factorOf(schedule);
  const warmup =
    warmupSteps === 0
      ? []
      : ['', '', 'def warmed_up(step):', `    return min(1.0, (step + 1) / ${warmupSteps}) * factor(step)`];
  return [...before, 'def factor(step):', ...body.map((line) => `    ${line}`), ...warmup];
}

/** How the layers are drawn that PyTorch would draw otherwise; `access`: a layer of `model`. */
export function initialisationLines(
  layers: readonly LayerSpec[],
  access: (path: string) => string,
): string[] {
  const groups = new Map<string, { readonly init: WeightInit; readonly of: LayerSpec[] }>();
  for (const layer of layers) {
    if (!('init' in layer) || layer.init.kind === 'default') continue;
    const key = JSON.stringify([layer.init, layer.bias]);
    const group = groups.get(key) ?? { init: layer.init, of: [] };
    group.of.push(layer);
    groups.set(key, group);
  }
  return [...groups.values()].flatMap(({ init, of }) => {
    const { pytorch, fields } = initialisations[init.kind];
    let call: string = pytorch.replace(/\(w\b/u, '(layer.weight');
    for (const [name, value] of argumentsOf(fields, { ...init }))
      call = call.replace(new RegExp(`, ${name}\\b(?!=)`, 'u'), `, ${name}=${literal(value)}`);
    const hasBias = of.some((layer) => 'bias' in layer && layer.bias);
    return [
      `for layer in [${of.map(({ name }) => access(name)).join(', ')}]:`,
      `    ${call}`,
      ...(hasBias ? ['    nn.init.zeros_(layer.bias)'] : []),
    ];
  });
}
