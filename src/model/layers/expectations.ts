/** What layers expect of their input, and the errors that say so. */
import type { AnyLayer, DetailPart, ParameterProblem } from '@/model/layers/definition';
import { formatShape, ShapeError, type Shape } from '@/model/shape';
import { windowOutputSize, type Window } from '@/model/window';

/** @throws ShapeError where the input is no image [channels, height, width]. */
export function expectImage(layer: AnyLayer, input: Shape): [number, number, number] {
  const [channels, height, width] = input;
  if (channels === undefined || height === undefined || width === undefined) {
    throw new ShapeError(
      'needs_image',
      layer.name,
      `${layer.kind} ${layer.name} needs an image [channels, height, width], the layer before gives ${formatShape(input)} values.`,
      { kind: layer.kind, given: formatShape(input) },
    );
  }
  return [channels, height, width];
}

/** @throws ShapeError where they differ. */
export function expectChannels(layer: AnyLayer, expected: number, channels: number): void {
  if (expected !== channels) {
    throw new ShapeError(
      'channels',
      layer.name,
      `${layer.kind} ${layer.name} expects ${expected} channels, the layer before gives ${channels}.`,
      { kind: layer.kind, expected, given: channels },
    );
  }
}

/** @throws ShapeError where the input is no row of as many values. */
export function expectVector(layer: AnyLayer, expected: number, input: Shape): void {
  const isVector = input.length === 1;
  if (isVector && input[0] === expected) return;
  throw new ShapeError(
    isVector ? 'features' : 'needs_vector',
    layer.name,
    `${layer.kind} ${layer.name} expects ${expected} inputs, the layer before gives ${formatShape(input)}${isVector ? '' : '; add a Flatten before it'}.`,
    { kind: layer.kind, expected, given: formatShape(input) },
  );
}

/** @throws ShapeError where a window that reaches over `extent` places is larger than the padded input. */
export function expectWindowFits(layer: AnyLayer, extent: number, height: number, width: number): void {
  if (extent > Math.min(height, width)) {
    throw new ShapeError(
      'kernel_too_large',
      layer.name,
      `${layer.kind} ${layer.name} has a ${extent}x${extent} kernel, larger than its padded input of ${height}x${width}.`,
      { kind: layer.kind, kernel: extent, height, width },
    );
  }
}

/** Height and width of the output. @throws ShapeError where the window is larger than the padded input. */
export function windowedSize(layer: AnyLayer & Window, height: number, width: number): [number, number] {
  const { kernelSize, stride, padding } = layer;
  expectWindowFits(layer, kernelSize, height + 2 * padding, width + 2 * padding);
  return [
    windowOutputSize(height, kernelSize, stride, padding),
    windowOutputSize(width, kernelSize, stride, padding),
  ];
}

/** PyTorch: "pad should be at most half of kernel size"; otherwise a window could lie in the padding alone. */
export function poolPaddingProblem({ kernelSize, padding }: Window): ParameterProblem | null {
  if (padding <= kernelSize / 2) return null;
  return { field: 'padding', value: padding, min: 0, max: Math.floor(kernelSize / 2), isInteger: true };
}

/** `stride 2`, `padding 1`, `dilation 2`, where they are not the usual ones. */
export function windowDetail(
  {
    stride,
    padding,
    dilation = 1,
  }: Pick<Window, 'stride'> & { readonly padding: number | 'same'; readonly dilation?: number },
  usualStride: number,
): DetailPart[] {
  return [
    ...(stride === usualStride ? [] : [{ key: 'stride', value: stride } as const]),
    ...(padding === 0 ? [] : [{ key: 'padding', value: padding } as const]),
    ...(dilation === 1 ? [] : [{ key: 'dilation', value: dilation } as const]),
  ];
}

/** Channels of an image; 1 where that is unknown or no image. */
export function channelsOf(input: Shape | null): number {
  return input?.length === 3 ? (input[0] ?? 1) : 1;
}
