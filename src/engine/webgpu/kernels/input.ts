/**
 * The head of a step: images of the batch out of the resident bytes, augmented (model/augment.ts), resized as torchvision does
 * on tensors (bilinear, half-pixel centres) and normalised, and the labels beside them.
 * Images lie packed, 4 pixels to a word, little-endian: [n][196] words of [28][28] bytes; labels [n] bytes, packed the same way.
 */
import type { Declaration, Kernel } from '@/engine/webgpu/kernel';
import { clockBinding, clockStruct } from '@/engine/webgpu/kernels/clock';
import { maskWriter, type PlacedMask } from '@/engine/webgpu/kernels/dropout';
import { opaqueFunction, quotientFunction } from '@/engine/webgpu/kernels/exact';
import { randomFunctions } from '@/engine/webgpu/kernels/random';
import { floats, literal, threadKernel, words } from '@/engine/webgpu/kernels/source';
import { fn, struct } from '@/engine/webgpu/wgsl';
import { stepsPerEpoch, type AugmentSpec, type InputPipeline } from '@/model/runConfig';

const side = 28;
const imageWords = (side * side) / 4;

export interface TrainingInputParams {
  /** Images of this step: config.batchSize, or what is left for the last step of an epoch. */
  readonly batch: number;
  readonly batchSize: number;
  readonly trainingImages: number;
  readonly dropLast: boolean;
  readonly shuffle: boolean;
  readonly input: InputPipeline;
  /** Fills the buffer `mask` in the same dispatch. */
  readonly masks?: readonly PlacedMask[];
}

export interface GivenInputParams {
  /** Images of one pass; those beyond the range's count repeat its last. */
  readonly batch: number;
  readonly input: InputPipeline;
}

/** `pixel(image, row, column)`: 0 to 255, 0 outside; `unitOf` of such a value: in [0, 1], as torchvision's to_tensor divides. */
const pixelFunctions: readonly Declaration[] = [
  ...opaqueFunction,
  quotientFunction('unitOf', 255),
  fn(
    'pixel',
    '(image: u32, row: i32, column: i32) -> f32',
    `  if (row < 0 || row >= ${side} || column < 0 || column >= ${side}) { return 0.0; }
  let at = u32(row * ${side} + column);
  return f32((images[image * ${imageWords}u + at / 4u] >> (8u * (at % 4u))) & 255u);`,
  ),
];

/**
 * `sinCos(angle)` for |angle| <= 2 pi to 1e-7, by Cephes' polynomials on [-pi/4, pi/4]: WGSL allows its own sin and cos an
 * error of 2^-11, a hundredth of a pixel.
 */
const sinCosFunction = fn(
  'sinCos',
  '(angle: f32) -> vec2f',
  `  let turns = round(angle * 0.636619772367581f);
  let r = (angle - turns * 1.5707855224609375f) - turns * 1.0804334124e-5f;
  let z = r * r;
  let s = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * r + r;
  let c = ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z - 0.5f * z + 1.0f;
  switch (i32(turns) & 3) {
    case 1: { return vec2f(c, -s); }
    case 2: { return vec2f(-s, -c); }
    case 3: { return vec2f(-c, s); }
    default: { return vec2f(s, c); }
  }`,
);

const valueFunction = (body: string): Declaration =>
  fn('valueAt', '(source: Source, row: i32, column: i32) -> f32', body);

/** `valueAt(source, row, column)`: the image in [0, 1] at a whole pixel, augmented where asked. */
function sourceFunctions(augment: AugmentSpec | null): readonly Declaration[] {
  if (augment === null) {
    return [
      struct('Source', { image: 'u32' }),
      valueFunction('  return unitOf(pixel(source.image, row, column));'),
    ];
  }
  const { shift, rotate, scale } = augment;
  return [
    sinCosFunction,
    struct('Source', { image: 'u32', right: 'f32', down: 'f32', sin: 'f32', cos: 'f32', size: 'f32' }),
    fn(
      'sourceOf',
      '(image: u32, position: u32, step: u32) -> Source',
      `  let key = streamKey(clock.seed, augmentStream, step, 0u);
  let right = (2.0 * unit(key, 4u * position) - 1.0) * ${literal(shift)};
  let down = (2.0 * unit(key, 4u * position + 1u) - 1.0) * ${literal(shift)};
  let turn = sinCos((2.0 * unit(key, 4u * position + 2u) - 1.0) * ${literal((rotate * Math.PI) / 180)});
  let size = 1.0 + (2.0 * unit(key, 4u * position + 3u) - 1.0) * ${literal(scale)};
  return Source(image, right, down, turn.x, turn.y, size);`,
    ),
    valueFunction(`  let dx = f32(column) - 13.5 - source.right;
  let dy = f32(row) - 13.5 - source.down;
  let x = (source.cos * dx + source.sin * dy) / source.size + 13.5;
  let y = (source.cos * dy - source.sin * dx) / source.size + 13.5;
  let left = floor(x);
  let top = floor(y);
  let a = x - left;
  let b = y - top;
  let r = i32(top);
  let c = i32(left);
  let upper = pixel(source.image, r, c) * (1.0 - a) + pixel(source.image, r, c + 1) * a;
  let lower = pixel(source.image, r + 1, c) * (1.0 - a) + pixel(source.image, r + 1, c + 1) * a;
  return unitOf(upper * (1.0 - b) + lower * b);`),
  ];
}

/** `inputAt(source, row, column)`: the network's input. */
function inputFunctions({ resize, normalize }: InputPipeline): readonly Declaration[] {
  const ratio = side / (resize ?? side);
  const value =
    resize === null
      ? '  let value = valueAt(source, row, column);'
      : `  let y = (f32(row) + 0.5) * ${literal(ratio)} - 0.5;
  let x = (f32(column) + 0.5) * ${literal(ratio)} - 0.5;
  let top = floor(y);
  let left = floor(x);
  let r0 = clamp(i32(top), 0, ${side - 1});
  let r1 = clamp(i32(top) + 1, 0, ${side - 1});
  let c0 = clamp(i32(left), 0, ${side - 1});
  let c1 = clamp(i32(left) + 1, 0, ${side - 1});
  let upper = mix(valueAt(source, r0, c0), valueAt(source, r0, c1), x - left);
  let lower = mix(valueAt(source, r1, c0), valueAt(source, r1, c1), x - left);
  let value = mix(upper, lower, y - top);`;
  const result = normalize === null ? 'value' : `deviations(value - ${literal(normalize.mean)})`;
  const inputAt = fn(
    'inputAt',
    '(source: Source, row: i32, column: i32) -> f32',
    `${value}
  return ${result};`,
  );
  return normalize === null ? [inputAt] : [quotientFunction('deviations', normalize.std), inputAt];
}

/** Body for invocation `i`, `width` pixels of a row: needs `image` of position `n`. */
function writePixels(size: number, width: number, source: string): string {
  const perImage = (size * size) / width;
  const row = `i32(i % ${perImage}u / ${size / width}u)`;
  const column = `i32(i % ${size / width}u * ${width}u)`;
  return `  hidden = zero;
  let source = ${source};
  let row = ${row};
  let column = ${column};
${
  width === 1
    ? '  x[i] = inputAt(source, row, column);'
    : `  var values = vec4f();
  for (var k = i32(zero); k < 4; k++) { values[k] = inputAt(source, row, column + k); }
  x[i] = values;`
}`;
}

/**
 * Input and labels of the training step that clock.nextStep names, which becomes clock.step.
 * Bindings: clock (read_write), images, labels, x [batch][H][W][1], batchLabels u32 [batch], mask? (with `masks`).
 */
export function trainingInput(params: TrainingInputParams): Kernel {
  const { batch, batchSize, trainingImages, shuffle, input, masks = [] } = params;
  const steps = stepsPerEpoch(params);
  const size = input.resize ?? side;
  const width = size % 4 === 0 ? 4 : 1;
  const pixelThreads = (batch * size * size) / width;
  const mask = maskWriter(masks);
  const place = `(step % ${steps}u) * ${batchSize}u + n`;
  const index = shuffle ? `shuffledIndex(${place}, ${trainingImages}u, clock.seed, step / ${steps}u)` : place;
  return threadKernel(
    {
      label: `training input ${size}x${size} n${batch}`,
      bindings: [
        clockBinding('read_write'),
        words('images', 'read'),
        words('labels', 'read'),
        floats('x', 'read_write', width),
        words('batchLabels', 'read_write'),
        ...(masks.length === 0 ? [] : [floats('mask', 'read_write')]),
      ],
      declarations: [
        clockStruct,
        ...randomFunctions,
        ...pixelFunctions,
        ...sourceFunctions(input.augment),
        ...inputFunctions(input),
        ...(masks.length === 0 ? [] : mask.declarations),
      ],
    },
    pixelThreads + mask.threads,
    `  let step = clock.nextStep;
  if (i == 0u) {
    clock.step = step;
    clock.row = clock.nextRow;
    clock.slot = clock.nextSlot;
  }
  ${masks.length === 0 ? '' : `if (i >= ${pixelThreads}u) { writeMask(i - ${pixelThreads}u, step); return; }`}
  let n = i / ${(size * size) / width}u;
  let image = ${index};
  if (i % ${(size * size) / width}u == 0u) { batchLabels[n] = (labels[image / 4u] >> (8u * (image % 4u))) & 255u; }
${writePixels(size, width, input.augment === null ? 'Source(image)' : 'sourceOf(image, n, step)')}`,
  );
}

/**
 * Input for images range[0] .. of the bytes, without augmentation (evaluate, predict). Bindings: range u32 [2] (first image;
 * images that there are), images, x [batch][H][W][1].
 */
export function givenInput({ batch, input }: GivenInputParams): Kernel {
  const size = input.resize ?? side;
  const width = size % 4 === 0 ? 4 : 1;
  return threadKernel(
    {
      label: `given input ${size}x${size} n${batch}`,
      bindings: [words('range', 'read'), words('images', 'read'), floats('x', 'read_write', width)],
      declarations: [...pixelFunctions, ...sourceFunctions(null), ...inputFunctions(input)],
    },
    (batch * size * size) / width,
    `  let image = min(range[0] + i / ${(size * size) / width}u, range[1] - 1u);
${writePixels(size, width, 'Source(image)')}`,
  );
}
