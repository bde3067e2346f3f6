/** Shape inference: what each layer gives, and in words why one does not fit. */
import { definitionOf, partsOf, type LayerSpec, type NetworkSpec } from '@/model/layers';
import type { ParameterProblem, Parts } from '@/model/layers/definition';
import { rangeProblem } from '@/model/numberRange';
import type { InputPipeline } from '@/model/runConfig';
import { formatShape, ShapeError, type Shape } from '@/model/shape';

/** The first number of a layer that is out of its range, or null. Layers inside it are not looked at. */
function parameterProblem(layer: LayerSpec): ParameterProblem | null {
  const { fields, parameterProblem: together } = definitionOf(layer);
  const values: Readonly<Record<string, unknown>> = { ...layer };
  for (const { key, kind, min, max, usual, word } of fields) {
    if (word !== undefined && values[key] === word) continue;
    const value = Number(values[key] ?? usual);
    if (rangeProblem({ kind, min, max }, value) !== null)
      return { field: key, value, min, max, isInteger: kind === 'integer' };
  }
  return together?.(layer) ?? null;
}

function expectValidParameters(layer: LayerSpec): void {
  const problem = parameterProblem(layer);
  if (problem === null) return;
  const { field, value, min, max, isInteger, divided } = problem;
  if (divided !== undefined) {
    throw new ShapeError(
      'not_a_divisor',
      layer.name,
      `${layer.kind} ${layer.name}: ${field} must divide ${divided}, which ${value} does not.`,
      { kind: layer.kind, field, value, min, max, divided },
    );
  }
  throw new ShapeError(
    'invalid_parameter',
    layer.name,
    `${layer.kind} ${layer.name}: ${field} must be a ${isInteger ? 'whole number' : 'number'} from ${min} to ${max}, not ${value}.`,
    { kind: layer.kind, field, value, min, max },
  );
}

/**
 * Shape that `layer` gives for `input`, where its lists give `parts`.
 * @throws ShapeError naming the layer, what it expects and what it got.
 */
export function outputShapeWith(layer: LayerSpec, input: Shape, parts: Parts<Shape>): Shape {
  expectValidParameters(layer);
  return definitionOf(layer).outputShape(layer, input, parts);
}

/**
 * Shape that `layer` gives for `input`.
 * @throws ShapeError naming the layer, what it expects and what it got.
 */
export function outputShape(layer: LayerSpec, input: Shape): Shape {
  return outputShapeWith(
    layer,
    input,
    partsOf(layer, (layers) => layers.reduce<Shape>((shape, inner) => outputShape(inner, shape), input)),
  );
}

/** Names what the network reads among the outputs of its layers; no layer can have such a name. */
export const networkInput = '(input)';

/** Shape of one preprocessed image: [1, 28, 28] or what the resize gives. */
export function inputShape(input: InputPipeline): Shape {
  const size = input.resize ?? 28;
  return [1, size, size];
}

export interface LayerShapes {
  readonly layer: LayerSpec;
  readonly input: Shape;
  readonly output: Shape;
  /** 0 at the top level, 1 inside a Residual, ... */
  readonly depth: number;
}

/**
 * Every layer with its input and output shapes, in forward order, the insides of Residual before the Residual itself.
 * @throws ShapeError at the first layer that does not fit, or when the last does not give 10 logits.
 */
export function inferShapes(network: NetworkSpec, input: Shape): LayerShapes[] {
  const found: LayerShapes[] = [];
  const walk = (layers: readonly LayerSpec[], start: Shape, depth: number): Shape => {
    let shape = start;
    for (const layer of layers) {
      if (layer.kind === 'Residual') {
        walk(layer.body, shape, depth + 1);
        walk(layer.shortcut, shape, depth + 1);
      }
      const output = outputShape(layer, shape);
      found.push({ layer, input: shape, output, depth });
      shape = output;
    }
    return shape;
  };
  const output = walk(network.layers, input, 0);
  if (output.length !== 1 || output[0] !== 10) {
    const last = network.layers.at(-1)?.name ?? '';
    throw new ShapeError(
      'output_classes',
      last,
      `The network must end in 10 values, one a class; it ends in ${formatShape(output)}.`,
      { given: formatShape(output) },
    );
  }
  return found;
}
