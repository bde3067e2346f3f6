/**
 * PyTorch's optimizers over a whole bank of parameters (see engine/webgpu: every tensor begins at a multiple of 64 floats,
 * the gaps hold zeros and stay zero). What depends on the step alone is computed on the CPU in float64 and read from the
 * row clock.row of `schedule`: array<vec4f>.
 */
import type { Declaration, Kernel } from '@/engine/webgpu/kernel';
import { clockBinding, clockStruct } from '@/engine/webgpu/kernels/clock';
import { floats, literal, threadKernel } from '@/engine/webgpu/kernels/source';
import { partsOf } from '@/engine/webgpu/kernels/statistics';
import { lines } from '@/engine/webgpu/kernels/gemmTile';
import { updateStatements } from '@/engine/webgpu/kernels/optimizers';
import { fn } from '@/engine/webgpu/wgsl';
import { optimizerSlots, type OptimizerSpec } from '@/model/optimizers';

/** A tensor whose gradient lies in `partials` still, as [splits][stride] of which the first `count` of each are its own. */
export interface PartialGradient {
  /** First float of the tensor in the bank, a multiple of 4. */
  readonly first: number;
  readonly count: number;
  /** In `partials`. */
  readonly offset: number;
  readonly splits: number;
  readonly stride: number;
}

export interface OptimizerParams {
  readonly optimizer: OptimizerSpec;
  /** Floats of the bank, a multiple of 4. */
  readonly count: number;
  /** Multiplies gradients by clock.gradientScale. */
  readonly clip: boolean;
  /** Holds gradients within -largest and largest, after that. */
  readonly largest?: number;
  /** Tensors whose gradient is not in `gradients` but in `partials`, summed here in the order of the splits. */
  readonly partials?: readonly PartialGradient[];
  /** Splits that are loaded at once. */
  readonly partsAtOnce?: number;
  /** Slots of the ring buffer `metrics`: this dispatch ends the step. Absent where another one follows. */
  readonly ringLength?: number;
  /**
   * For statistics: every tensor of the bank, in order. Binds `changes`, which gets the sums of squares of each tensor's
   * change and of the tensor before, in parts: see changeParts.
   */
  readonly tensors?: readonly BankTensor[];
}

export interface BankTensor {
  /** First float in the bank, a multiple of 4. */
  readonly first: number;
  readonly count: number;
}

export interface ChangeParts {
  /** First pair in `changes` (change, before), and how many there are. */
  readonly first: number;
  readonly parts: number;
}

/** Where each tensor's pairs lie in `changes`. */
export function changeParts(tensors: readonly BankTensor[]): ChangeParts[] {
  let first = 0;
  return tensors.map(({ count }) => {
    const place = { first, parts: partsOf(count) };
    first += place.parts;
    return place;
  });
}

/**
 * `partialSum(i, zero)`: floats 4 i to 4 i + 3 of a bank's gradient out of `partials`, added in the order of the splits; 0
 * past the tensor's end and in tensors that are not there. One loop for all tensors, so that a compiler meets its loads once;
 * `atOnce` parts are loaded before the first of them is added, so that they wait for memory together.
 * @throws RangeError where the parts are no whole vec4
 */
export function partialSumFunction(tensors: readonly PartialGradient[], atOnce: number): Declaration {
  const branches = tensors.map(({ first, count, offset, splits, stride }) => {
    if (offset % 4 !== 0 || stride % 4 !== 0)
      throw new RangeError('Partial gradients are whole vectors of 4.');
    const [start, end] = [first / 4, Math.ceil((first + count) / 4)];
    return `  if (i >= ${start}u && i < ${end}u) {
    at = ${offset / 4}u + i - ${start}u; splits = ${splits}u; stride = ${stride / 4}u; count = ${count}u - 4u * (i - ${start}u);
  }`;
  });
  const several = `  for (; splits >= ${atOnce}u; splits -= ${atOnce}u) {
${lines(atOnce, (k) => `    let part${k} = partials[at + ${k}u * stride];`)}
${lines(atOnce, (k) => `    sum += part${k};`)}
    at += ${atOnce}u * stride;
  }`;
  return fn(
    'partialSum',
    '(i: u32, zero: u32) -> vec4f',
    `  var at = zero; var splits = zero; var stride = zero; var count = zero;
${branches.join('\n')}
  var sum = vec4f();
${atOnce > 1 ? several : ''}
  for (; splits > 0u; splits--) { sum += partials[at]; at += stride; }
  return select(vec4f(), sum, vec4u(0u, 1u, 2u, 3u) < vec4u(count));`,
  );
}

/** `gradientAt(i, zero)`: 4 floats of the gradient, out of `gradients` or summed out of `partials`. */
function gradientFunctions(
  partials: readonly PartialGradient[],
  partsAtOnce: number,
): readonly Declaration[] {
  const gradientAt = (body: string): Declaration => fn('gradientAt', '(i: u32, zero: u32) -> vec4f', body);
  if (partials.length === 0) return [gradientAt('  return gradients[i];')];
  const inParts = partials
    .map(({ first, count }) => `(i >= ${first / 4}u && i < ${Math.ceil((first + count) / 4)}u)`)
    .join(' || ');
  return [
    partialSumFunction(partials, partsAtOnce),
    gradientAt(`  if (${inParts}) { return partialSum(i, zero); }
  return gradients[i];`),
  ];
}

/** torch.clamp, which lets NaN through: it compares false. */
function clamped(largest: number | undefined): string {
  if (largest === undefined) return '';
  return `gradient = select(gradient, vec4f(${literal(largest)}), gradient > vec4f(${literal(largest)}));
  gradient = select(gradient, vec4f(${literal(-largest)}), gradient < vec4f(${literal(-largest)}));`;
}

/** Updates 4 floats; gives the sums of squares of their change and of what they were. */
const updateFunction = ({ optimizer, clip, largest }: OptimizerParams): Declaration =>
  fn(
    'update',
    '(i: u32, zero: u32) -> vec2f',
    `  let row = schedule[clock.row];
  let before = parameters[i];
  var weight = before;
  var gradient = gradientAt(i, zero)${clip ? ' * clock.gradientScale' : ''};
  ${clamped(largest)}
  ${updateStatements(optimizer)}
  parameters[i] = weight;
  return vec2f(dot(weight - before, weight - before), dot(before, before));`,
  );

/** WGSL that ends the step: thread 0 sets what the next input kernel takes over. */
function advance(ringLength: number | undefined): string {
  return ringLength === undefined
    ? ''
    : `  if (i == 0u) {
    clock.nextStep = clock.step + 1u;
    clock.nextRow = clock.row + 1u;
    clock.nextSlot = (clock.slot + 1u) % ${ringLength}u;
  }
`;
}

/** WGSL of the main function's body with `tensors`: invocation i updates a part of one tensor and sums up its change. */
function inParts(tensors: readonly BankTensor[]): string {
  const places = changeParts(tensors);
  const branches = tensors.map(({ first, count }, at) => {
    const place = places[at] ?? { first: 0, parts: 1 };
    const end = Math.ceil((first + count) / 4);
    return `  if (i >= ${place.first}u && i < ${place.first + place.parts}u) {
    part = vec3u(${first / 4}u + i - ${place.first}u, ${end}u, ${place.parts}u);
  }`;
  });
  return `  var part = vec3u(0u, 0u, 1u);
${branches.join('\n')}
  var sums = vec2f();
  for (var at = part.x; at < part.y; at += part.z) { sums += update(at, zero); }
  changes[2u * i] = sums.x;
  changes[2u * i + 1u] = sums.y;`;
}

/**
 * One update of a bank. Bindings: clock, schedule, parameters, gradients, partials? (where some are given), the optimizer's
 * slots by PyTorch's names in optimizerSlots' order, changes? (with `tensors`).
 */
export function optimizerUpdate(params: OptimizerParams): Kernel {
  const { optimizer, count, partials = [], partsAtOnce = 1, ringLength, tensors } = params;
  const last = tensors === undefined ? undefined : changeParts(tensors).at(-1);
  return threadKernel(
    {
      label: `${optimizer.kind} ${count}`,
      bindings: [
        clockBinding(ringLength === undefined ? 'read' : 'read_write'),
        { name: 'schedule', access: 'read', type: 'array<vec4f>' },
        floats('parameters', 'read_write', 4),
        floats('gradients', 'read', 4),
        ...(partials.length === 0 ? [] : [floats('partials', 'read', 4)]),
        ...optimizerSlots(optimizer).map((slot) => floats(slot, 'read_write', 4)),
        ...(tensors === undefined ? [] : [floats('changes', 'read_write')]),
      ],
      declarations: [clockStruct, ...gradientFunctions(partials, partsAtOnce), updateFunction(params)],
    },
    last === undefined ? count / 4 : last.first + last.parts,
    `${advance(ringLength)}${tensors === undefined ? '  _ = update(i, zero);' : inParts(tensors)}`,
  );
}
