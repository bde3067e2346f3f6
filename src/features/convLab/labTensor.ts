/** Values of a lab's tensors: read, built and replaced. */
import { limits, type LabTensor } from '@/features/convLab/convLabState';

type Shape = LabTensor['shape'];

/** A float32 within the lab's range. */
export function labValue(value: number): number {
  if (!Number.isFinite(value)) return 0;
  // + 0 makes 0 of -0, which no one means.
  return Math.fround(Math.max(-limits.value, Math.min(limits.value, value))) + 0;
}

export function valueAt(
  { shape, data }: LabTensor,
  a: number,
  b: number,
  row: number,
  column: number,
): number {
  return data[((a * shape[1] + b) * shape[2] + row) * shape[3] + column] ?? 0;
}

/** Filled by a value for each place, within the lab's range. */
export function build(
  shape: Shape,
  value: (a: number, b: number, row: number, column: number) => number,
): LabTensor {
  const data: number[] = [];
  for (let a = 0; a < shape[0]; a += 1) {
    for (let b = 0; b < shape[1]; b += 1) {
      for (let row = 0; row < shape[2]; row += 1) {
        for (let column = 0; column < shape[3]; column += 1) data.push(labValue(value(a, b, row, column)));
      }
    }
  }
  return { shape, data };
}

/** The same tensor where the value is there already. */
export function replaced(
  tensor: LabTensor,
  a: number,
  b: number,
  row: number,
  column: number,
  value: number,
): LabTensor {
  const index = ((a * tensor.shape[1] + b) * tensor.shape[2] + row) * tensor.shape[3] + column;
  const next = labValue(value);
  return Object.is(tensor.data[index], next) ? tensor : { ...tensor, data: tensor.data.with(index, next) };
}
