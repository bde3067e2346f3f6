/** Shapes as one types: every layer's shapes or what is wrong with it and how to fix it, going on after a problem. */
import {
  changeLayer,
  defaultLayer,
  insertLayer,
  removeLayer,
  type ContainerStep,
  type LayerPath,
} from '@/model/edit';
import { nameProblems, type NameProblemCode } from '@/model/layerNames';
import { assertNever, definitionOf, type LayerSpec, type Residual } from '@/model/layers';
import { formatShape, ShapeError, type Shape, type ShapeProblemCode } from '@/model/shape';
import { outputShape, outputShapeWith } from '@/model/shapes';

/** A change that makes one problem go away. */
export type LayerFix =
  | { readonly kind: 'set'; readonly path: LayerPath; readonly field: string; readonly value: number }
  | { readonly kind: 'insert'; readonly path: LayerPath; readonly layer: LayerSpec }
  | { readonly kind: 'remove'; readonly path: LayerPath };

export interface LayerProblem {
  readonly code: ShapeProblemCode | NameProblemCode;
  /** English; the page words the code with the details. */
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
  /** Null where there is no single obvious change. */
  readonly fix: LayerFix | null;
}

export interface LayerCheck {
  readonly path: LayerPath;
  readonly layer: LayerSpec;
  /** Null where a problem before leaves it unknown. */
  readonly input: Shape | null;
  /** After a problem: what the layer would give once fixed. */
  readonly output: Shape | null;
  readonly problem: LayerProblem | null;
}

export interface NetworkCheck {
  /** In forward order, the insides of a Residual before it. */
  readonly layers: readonly LayerCheck[];
  readonly output: Shape | null;
  /** The network as a whole: it must end in ten logits. */
  readonly outputProblem: LayerProblem | null;
  readonly isValid: boolean;
}

/** The layers with the fix carried out. */
export function applyFix(layers: readonly LayerSpec[], fix: LayerFix): readonly LayerSpec[] {
  switch (fix.kind) {
    case 'set':
      return changeLayer(layers, fix.path, (layer) => ({ ...layer, [fix.field]: fix.value }));
    case 'insert':
      return insertLayer(layers, fix.path, fix.layer);
    case 'remove':
      return removeLayer(layers, fix.path);
    default:
      return assertNever(fix);
  }
}

/** The nearest allowed value; for a number that is none, the smallest. */
function clamp(value: number, min: number, max: number): number {
  return Number.isNaN(value) ? min : Math.min(max, Math.max(min, Math.round(value)));
}

/** The largest number up to `most` that divides all of them. */
function largestDivisor(numbers: readonly number[], most: number): number {
  for (let divisor = most; divisor > 1; divisor -= 1)
    if (numbers.every((number) => number % divisor === 0)) return divisor;
  return 1;
}

function fixFor(error: ShapeError, layer: LayerSpec, input: Shape, path: LayerPath): LayerFix | null {
  const set = (field: string, value: number): LayerFix => ({ kind: 'set', path, field, value });
  const { details } = error;
  switch (error.code) {
    case 'channels':
    case 'features': {
      const derived = definitionOf(layer).fields.find(({ isDerived }) => isDerived);
      return derived === undefined ? null : set(derived.key, input[0] ?? 1);
    }
    case 'needs_vector':
      return { kind: 'insert', path, layer: defaultLayer('Flatten', input) };
    case 'needs_image':
      return { kind: 'remove', path };
    case 'kernel_too_large': {
      const largest = Math.min(Number(details['height']), Number(details['width']));
      const { dilation } = { dilation: 1, ...layer };
      return largest >= 1 ? set('kernelSize', Math.floor((largest - 1) / dilation) + 1) : null;
    }
    case 'groups': {
      const [groups, ...channels] = [details['groups'], details['inChannels'], details['outChannels']].map(
        Number,
      );
      return set('groups', largestDivisor(channels, groups ?? 1));
    }
    case 'same_stride':
      return set('stride', 1);
    case 'invalid_parameter':
    case 'not_a_divisor': {
      const { field, value, min, max } = details;
      return set(String(field), clamp(Number(value), Number(min), Number(max)));
    }
    case 'residual_mismatch':
    case 'output_classes':
      // Both need to know more than one layer: see residualFix and outputFix.
      return null;
    default:
      return assertNever(error.code);
  }
}

/** What the layer would give once its problems are fixed; null where that cannot be said. */
function outputOnceMended(layer: LayerSpec, input: Shape, path: LayerPath): Shape | null {
  let fixed = layer;
  let given = input;
  // One fix can uncover the next problem: a parameter, the channels, the kernel.
  for (let attempt = 0; attempt < 8; attempt += 1) {
    try {
      return outputShape(fixed, given);
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      const fix = fixFor(error, fixed, given, path);
      if (fix?.kind === 'insert') {
        given = outputShape(fix.layer, given);
        continue;
      }
      if (fix?.kind !== 'set') return null;
      fixed = { ...fixed, [fix.field]: fix.value };
    }
  }
  return null;
}

/** A 1x1 convolution (or Linear) in an empty shortcut, as ResNet does it. */
function residualFix(layer: Residual, input: Shape, body: Shape, path: LayerPath): LayerFix | null {
  if (layer.shortcut.length > 0 || input.length !== body.length) return null;
  const inside: LayerPath = {
    container: [...path.container, { index: path.index, part: 'shortcut' }],
    index: 0,
  };
  const [outChannels = 0, height = 0, width = 0] = body;
  const made = defaultLayer(body.length === 1 ? 'Linear' : 'Conv2d', input);
  if (made.kind === 'Linear') {
    return { kind: 'insert', path: inside, layer: { ...made, outFeatures: outChannels } };
  }
  if (made.kind !== 'Conv2d') return null;
  const [, inHeight = 0, inWidth = 0] = input;
  for (let stride = 1; stride <= Math.max(inHeight, inWidth); stride += 1) {
    if (Math.ceil(inHeight / stride) === height && Math.ceil(inWidth / stride) === width) {
      const projection = { ...made, outChannels, kernelSize: 1, padding: 0, stride, bias: false };
      return { kind: 'insert', path: inside, layer: projection };
    }
  }
  return null;
}

function problemOf(error: ShapeError, fix: LayerFix | null): LayerProblem {
  return { code: error.code, message: error.message, details: error.details, fix };
}

interface Checked {
  readonly output: Shape | null;
  readonly problem: LayerProblem | null;
}

function checkLeaf(layer: LayerSpec, input: Shape | null, path: LayerPath): Checked {
  if (input === null) return { output: layer.kind === 'Linear' ? [layer.outFeatures] : null, problem: null };
  try {
    return { output: outputShape(layer, input), problem: null };
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    const problem = problemOf(error, fixFor(error, layer, input, path));
    return { output: outputOnceMended(layer, input, path), problem };
  }
}

function checkSum(
  layer: Residual,
  input: Shape | null,
  body: Shape | null,
  shortcut: Shape | null,
  path: LayerPath,
): Checked {
  // A part whose shape is unknown has its own problem already.
  if (body === null || shortcut === null) return { output: body ?? shortcut, problem: null };
  const given = input ?? body;
  try {
    return { output: outputShapeWith(layer, given, { body, shortcut }), problem: null };
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    const fix = input === null ? null : residualFix(layer, input, body, path);
    return { output: body, problem: problemOf(error, fix) };
  }
}

function checkList(
  layers: readonly LayerSpec[],
  input: Shape | null,
  container: readonly ContainerStep[],
  found: LayerCheck[],
): Shape | null {
  let shape = input;
  layers.forEach((layer, index) => {
    const path = { container, index };
    let checked: Checked;
    if (layer.kind === 'Residual') {
      const part = (name: ContainerStep['part']): Shape | null =>
        checkList(layer[name], shape, [...container, { index, part: name }], found);
      checked = checkSum(layer, shape, part('body'), part('shortcut'), path);
    } else {
      checked = checkLeaf(layer, shape, path);
    }
    found.push({ path, layer, input: shape, ...checked });
    shape = checked.output;
  });
  return shape;
}

/** Ten from the last Linear, or a new Linear at the end, with a Flatten first where there is still an image. */
function outputFix(layers: readonly LayerSpec[], output: Shape): LayerFix {
  const lastIndex = layers.length - 1;
  if (layers[lastIndex]?.kind === 'Linear') {
    return { kind: 'set', path: { container: [], index: lastIndex }, field: 'outFeatures', value: 10 };
  }
  const end = { container: [], index: layers.length };
  const layer = defaultLayer(output.length === 1 ? 'Linear' : 'Flatten', output);
  return {
    kind: 'insert',
    path: end,
    layer: layer.kind === 'Linear' ? { ...layer, outFeatures: 10 } : layer,
  };
}

function checkOutput(layers: readonly LayerSpec[], output: Shape | null): LayerProblem | null {
  if (output === null || (output.length === 1 && output[0] === 10)) return null;
  const given = formatShape(output);
  return {
    code: 'output_classes',
    message: `The network must end in 10 values, one a class; it ends in ${given}.`,
    details: { given },
    fix: outputFix(layers, output),
  };
}

function withNameProblems(layers: readonly LayerSpec[], checks: readonly LayerCheck[]): LayerCheck[] {
  // In forward order, like the checks: of two layers with one name the later one is told.
  const problems = nameProblems(layers);
  return checks.map((check) => {
    const at = problems.findIndex(({ name }) => name === check.layer.name);
    const isFirstOfTwo =
      problems[at]?.code === 'duplicate_name' &&
      checks.find((other) => other.layer.name === check.layer.name) === check;
    const named = at < 0 || isFirstOfTwo ? undefined : problems[at];
    if (named === undefined || check.problem !== null) return check;
    const { code, message, name, part } = named;
    return { ...check, problem: { code, message, details: { name, part }, fix: null } };
  });
}

/** Checks a network in the making. A network for which `isValid` holds passes inferShapes and parseNetworkSpec. */
export function checkNetwork(layers: readonly LayerSpec[], input: Shape): NetworkCheck {
  const found: LayerCheck[] = [];
  const output = checkList(layers, input, [], found);
  const checks = withNameProblems(layers, found);
  const outputProblem = checkOutput(layers, output);
  const isValid =
    output !== null && outputProblem === null && checks.every((check) => check.problem === null);
  return { layers: checks, output, outputProblem, isValid };
}
