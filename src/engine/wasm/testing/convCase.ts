/** Test helper: a convolution, alone or with its activation and pooling, on the kernels and by its definition in float64. */
import { runLayers, type LayerBench } from './layerBench';
import type { LayerSpec } from '@/model/layers';
import type { Gradients64 } from '@/model/layers/reference';
import { sequencePass } from '@/model/reference';

export interface ConvShape {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly padding: number;
}

/** Values of a tensor of so many. */
type Filled = (count: number) => Float32Array<ArrayBuffer>;

export interface ConvValues {
  readonly input: Filled;
  readonly weight: Filled;
  readonly bias: Filled;
  /** Of the output. */
  readonly gradient: Filled;
}

export interface Compared {
  /** `y`, `dx`, or a parameter's key. */
  readonly name: string;
  readonly actual: Float32Array | undefined;
  readonly expected: Float64Array;
}

/** Of stride 1, with a bias; its name is c. */
export function convOf({
  inChannels,
  outChannels,
  kernelSize,
  padding,
}: Omit<ConvShape, 'images' | 'height' | 'width'>): LayerSpec {
  return {
    kind: 'Conv2d',
    name: 'c',
    inChannels,
    outChannels,
    kernelSize,
    stride: 1,
    padding,
    bias: true,
    init: { kind: 'default' },
  };
}

/** The output and all gradients; `behind` are the layers after the convolution, whose name is c. */
export async function runConv(
  bench: LayerBench,
  given: ConvShape,
  behind: readonly LayerSpec[],
  values: ConvValues,
  dividesByGradient: boolean,
): Promise<Compared[]> {
  const { images, height, width, inChannels, outChannels, kernelSize } = given;
  const layers = [convOf(given), ...behind];
  const shape = [images, inChannels, height, width] as const;
  const data = values.input(images * inChannels * height * width);
  const weights = new Map([
    ['c.weight', values.weight(outChannels * inChannels * kernelSize ** 2)],
    ['c.bias', values.bias(outChannels)],
  ]);
  let dy = new Float32Array();
  const actual = await runLayers(
    bench,
    layers,
    { shape, data },
    weights,
    (count) => (dy = values.gradient(count)),
    { dividesByGradient },
  );
  const wide = (of: Float32Array): Float64Array => Float64Array.from(of);
  const run = sequencePass(
    layers,
    { shape, data: wide(data) },
    new Map([...weights].map(([key, of]) => [key, wide(of)])),
    () => true,
  );
  const gradients: Gradients64 = new Map();
  const dx = run.backward(wide(dy), gradients);
  return [
    { name: 'y', actual: actual.y, expected: run.y.data },
    { name: 'dx', actual: actual.dx, expected: dx },
    ...[...gradients].map(([name, expected]) => ({ name, actual: actual.gradients.get(name), expected })),
  ];
}
