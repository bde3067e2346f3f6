/** What stands before the network: from bytes to its input, as an optional first part of the graph. */
import type { OnnxGraph, Value } from '@/formats/onnx/graph';
import { TensorProto_DataType as DataType } from '@/formats/onnx/onnx_pb';
import type { InputPipeline } from '@/model/runConfig';

const place = 'input';

/** The least float32 that is not below value, so that a size times it, rounded down, is never one too small. */
function float32NotBelow(value: number): number {
  const rounded = Float32Array.of(value);
  if ((rounded[0] ?? 0) < value) {
    const bits = new Int32Array(rounded.buffer);
    bits[0] = (bits[0] ?? 0) + 1;
  }
  return rounded[0] ?? value;
}

/** The same in words, for whoever has to do it. */
export function describeInput({ resize, normalize }: InputPipeline): string {
  return [
    'White on black, bytes / 255',
    ...(resize === null ? [] : [`resized to ${resize} x ${resize}, bilinear with half-pixel centres`]),
    ...(normalize === null ? [] : [`(x - ${normalize.mean}) / ${normalize.std}`]),
  ].join('; ');
}

/**
 * torchvision's ToTensor, Resize on tensors (bilinear, half-pixel centres, no antialiasing) and Normalize, of `images`: uint8
 * [batch, 28, 28]. Augmentation is for training alone.
 */
export function lowerInput(graph: OnnxGraph, images: Value, { resize, normalize }: InputPipeline): Value {
  const real = graph.node(place, 'Cast', [images], { to: DataType.FLOAT });
  const channel = graph.node(place, 'Unsqueeze', [real, graph.integers(place, 'channel', [1])]);
  let x = graph.node(place, 'Div', [channel, graph.real(place, 'white', 255)]);
  if (resize !== null) {
    const scale = float32NotBelow(resize / 28);
    const scales = graph.reals(place, 'scales', [4], [1, 1, scale, scale]);
    x = graph.node(place, 'Resize', [x, '', scales], {
      mode: 'linear',
      coordinate_transformation_mode: 'half_pixel',
    });
  }
  if (normalize !== null) {
    const centred = graph.node(place, 'Sub', [x, graph.real(place, 'mean', normalize.mean)]);
    x = graph.node(place, 'Div', [centred, graph.real(place, 'std', normalize.std)]);
  }
  return x;
}
