/** What each kind of layer is in ONNX's operators of opset 17, in eval mode. Weights go by their names in the state_dict. */
import type { Attribute, OnnxGraph, Value } from '@/formats/onnx/graph';
import { windowAt, type AverageWindows } from '@/model/averageWindows';
import { partsOf, type LayerKind, type LayerOf, type LayerSpec } from '@/model/layers';
import { adaptiveWindows } from '@/model/layers/adaptiveAvgPool2d';
import { convWindow } from '@/model/layers/conv2d';
import type { Parts } from '@/model/layers/definition';
import { poolWindow } from '@/model/layers/maxPool2d';
import type { Shape } from '@/model/shape';
import { outputShape } from '@/model/shapes';
import { windowExtent } from '@/model/window';

interface Place<Layer> {
  readonly layer: Layer;
  readonly graph: OnnxGraph;
  readonly x: Value;
  /** Of one image. */
  readonly input: Shape;
  readonly output: Shape;
  /** Lowers its lists, of x. */
  readonly parts: Parts<() => Value>;
}

type Lowering<Layer> = (place: Place<Layer>) => Value;

const both = (value: number): number[] => [value, value];

/** Weight, and bias where it has one. */
const weights = ({ name, bias }: LayerOf<'Conv2d' | 'Linear'>): Value[] => [
  `${name}.weight`,
  ...(bias ? [`${name}.bias`] : []),
];

/** An operator of x alone that the opset has. */
const operator =
  <Layer extends LayerSpec>(
    opType: string,
    attributes: (layer: Layer) => Readonly<Record<string, Attribute>> = () => ({}),
  ): Lowering<Layer> =>
  ({ layer, graph, x }) =>
    graph.node(layer.name, opType, [x], attributes(layer));

const batchNorm: Lowering<LayerOf<'BatchNorm1d' | 'BatchNorm2d'>> = ({ layer: { name, eps }, graph, x }) => {
  const state = ['weight', 'bias', 'running_mean', 'running_var'].map((suffix) => `${name}.${suffix}`);
  return graph.node(name, 'BatchNormalization', [x, ...state], { epsilon: { real: eps } });
};

/**
 * ceil_mode is told by the padding at the end, since runtimes disagree about a last window that begins beside the image. ONNX
 * Runtime pads less than a kernel only, so where more is needed a Pad does it.
 */
const maxPool: Lowering<LayerOf<'MaxPool2d'>> = ({ layer, graph, x, input, output }) => {
  const { name } = layer;
  const { kernelSize, stride, padding, dilation } = poolWindow(layer);
  const after = [1, 2].map((axis) => {
    const reached = ((output[axis] ?? 0) - 1) * stride + windowExtent(kernelSize, dilation);
    return Math.max(0, reached - (input[axis] ?? 0) - padding);
  });
  const pads = [...both(padding), ...after];
  const window = { kernel_shape: both(kernelSize), strides: both(stride), dilations: both(dilation) };
  if (Math.max(...pads) < kernelSize) return graph.node(name, 'MaxPool', [x], { ...window, pads });
  const ends = graph.integers(name, 'pads', [0, 0, ...both(padding), 0, 0, ...after]);
  const padded = graph.node(name, 'Pad', [x, ends, graph.real(name, 'padding', -Infinity)]);
  return graph.node(name, 'MaxPool', [padded], window);
};

/** [count, size]: each row takes the mean of its window. */
function meansMatrix(windows: AverageWindows, size: number): number[] {
  return Array.from({ length: windows.count }, (_, i) => {
    const { first, end, divisor } = windowAt(windows, i, size);
    return Array.from({ length: size }, (__, at) => (at >= first && at < end ? 1 / divisor : 0));
  }).flat();
}

/** The opset has no windows that overlap unevenly: there it is a product with their means along each axis. */
const adaptiveAvgPool: Lowering<LayerOf<'AdaptiveAvgPool2d'>> = ({ layer, graph, x, input }) => {
  const { name, outputSize: count } = layer;
  const [, height = 0, width = 0] = input;
  if (height % count === 0 && width % count === 0) {
    const size = [height / count, width / count];
    return graph.node(name, 'AveragePool', [x], { kernel_shape: size, strides: size });
  }
  const rows = meansMatrix(adaptiveWindows(layer, height), height);
  const columns = meansMatrix(adaptiveWindows(layer, width), width);
  const transposed = Array.from(
    { length: width * count },
    (_, i) => columns[(i % count) * width + Math.floor(i / count)] ?? 0,
  );
  const across = graph.node(name, 'MatMul', [x, graph.reals(name, 'columns', [width, count], transposed)]);
  return graph.node(name, 'MatMul', [graph.reals(name, 'rows', [count, height], rows), across]);
};

/** An InstanceNormalization in which each group is one channel; then each channel by its weight and bias. */
const groupNorm: Lowering<LayerOf<'GroupNorm'>> = ({ layer, graph, x, input }) => {
  const { name, numGroups, numChannels, eps } = layer;
  const reshape = (value: Value, what: string, shape: readonly number[]): Value =>
    graph.node(name, 'Reshape', [value, graph.integers(name, what, shape)]);
  const groups = (what: string, value: number): Value =>
    graph.reals(name, what, [numGroups], Array<number>(numGroups).fill(value));
  // 0: as many as before, here of the batch.
  const grouped = reshape(x, 'groups', [0, numGroups, -1]);
  const normal = graph.node(name, 'InstanceNormalization', [grouped, groups('ones', 1), groups('zeros', 0)], {
    epsilon: { real: eps },
  });
  const image = reshape(normal, 'shape', [0, ...input]);
  const perChannel = (suffix: string): Value =>
    input.length === 1
      ? `${name}.${suffix}`
      : reshape(`${name}.${suffix}`, `${suffix}_shape`, [numChannels, 1, 1]);
  const scaled = graph.node(name, 'Mul', [image, perChannel('weight')]);
  return graph.node(name, 'Add', [scaled, perChannel('bias')]);
};

/** By erf: opset 20 was the first to have an operator for it. */
const gelu: Lowering<LayerOf<'GELU'>> = ({ layer: { name }, graph, x }) => {
  const erf = graph.node(name, 'Erf', [graph.node(name, 'Div', [x, graph.real(name, 'sqrt2', Math.SQRT2)])]);
  const share = graph.node(name, 'Add', [erf, graph.real(name, 'one', 1)]);
  return graph.node(name, 'Mul', [graph.node(name, 'Mul', [x, share]), graph.real(name, 'half', 0.5)]);
};

const lowerings = {
  Conv2d: ({ layer, graph, x }) => {
    const { kernelSize, stride, padding, paddingAfter, dilation } = convWindow(layer);
    return graph.node(layer.name, 'Conv', [x, ...weights(layer)], {
      kernel_shape: both(kernelSize),
      strides: both(stride),
      pads: [...both(padding), ...both(paddingAfter)],
      dilations: both(dilation),
      group: layer.groups ?? 1,
    });
  },
  Linear: ({ layer, graph, x }) => graph.node(layer.name, 'Gemm', [x, ...weights(layer)], { transB: 1 }),
  ReLU: operator('Relu'),
  Tanh: operator('Tanh'),
  Sigmoid: operator('Sigmoid'),
  LeakyReLU: operator('LeakyRelu', ({ negativeSlope }) => ({ alpha: { real: negativeSlope } })),
  GELU: gelu,
  SiLU: ({ layer: { name }, graph, x }) => graph.node(name, 'Mul', [x, graph.node(name, 'Sigmoid', [x])]),
  MaxPool2d: maxPool,
  AvgPool2d: operator('AveragePool', ({ kernelSize, stride, padding, countIncludePad }) => ({
    kernel_shape: both(kernelSize),
    strides: both(stride),
    pads: [...both(padding), ...both(padding)],
    count_include_pad: Number(countIncludePad),
  })),
  AdaptiveAvgPool2d: adaptiveAvgPool,
  BatchNorm2d: batchNorm,
  BatchNorm1d: batchNorm,
  GroupNorm: groupNorm,
  Dropout: operator('Identity'),
  Dropout2d: operator('Identity'),
  Flatten: operator('Flatten', () => ({ axis: 1 })),
  Residual: ({ layer: { name }, graph, parts }) => graph.node(name, 'Add', [parts.body(), parts.shortcut()]),
} satisfies { readonly [Kind in LayerKind]: Lowering<LayerOf<Kind>> };

function loweringOf<Kind extends LayerKind>(layer: LayerOf<Kind>): Lowering<LayerOf<Kind>> {
  const table: { readonly [K in LayerKind]: Lowering<LayerOf<K>> } = lowerings;
  return table[layer.kind];
}

function lowerLayer<Kind extends LayerKind>(
  layer: LayerOf<Kind>,
  place: Omit<Place<LayerSpec>, 'layer'>,
): Value {
  return loweringOf<Kind>(layer)({ ...place, layer });
}

/**
 * Adds the layers to the graph, of images of shape `input` in x, and gives the name of what they give.
 * @throws ShapeError where they do not fit
 */
export function lowerLayers(graph: OnnxGraph, layers: readonly LayerSpec[], x: Value, input: Shape): Value {
  let value = x;
  let shape = input;
  for (const layer of layers) {
    const [from, before] = [value, shape];
    const output = outputShape(layer, before);
    const parts = partsOf(layer, (inner) => () => lowerLayers(graph, inner, from, before));
    value = lowerLayer(layer, { graph, x: from, input: before, output, parts });
    shape = output;
  }
  return value;
}
