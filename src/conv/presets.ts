/** Grids and kernels to start from, as plain rows. */

export const kernelPresets = {
  ones: [
    [1, 1],
    [1, 1],
  ],
  identity: [
    [0, 0, 0],
    [0, 1, 0],
    [0, 0, 0],
  ],
  boxBlur: [
    [1 / 9, 1 / 9, 1 / 9],
    [1 / 9, 1 / 9, 1 / 9],
    [1 / 9, 1 / 9, 1 / 9],
  ],
  gaussian: [
    [1 / 16, 2 / 16, 1 / 16],
    [2 / 16, 4 / 16, 2 / 16],
    [1 / 16, 2 / 16, 1 / 16],
  ],
  sharpen: [
    [0, -1, 0],
    [-1, 5, -1],
    [0, -1, 0],
  ],
  sobelX: [
    [-1, 0, 1],
    [-2, 0, 2],
    [-1, 0, 1],
  ],
  sobelY: [
    [-1, -2, -1],
    [0, 0, 0],
    [1, 2, 1],
  ],
  laplacian: [
    [0, 1, 0],
    [1, -4, 1],
    [0, 1, 0],
  ],
  emboss: [
    [-2, -1, 0],
    [-1, 1, 1],
    [0, 1, 2],
  ],
} as const satisfies Record<string, readonly (readonly number[])[]>;

export type KernelPreset = keyof typeof kernelPresets;

/** Value of an input preset at a cell, so that every size can be filled. */
export const inputPresets = {
  ones: () => 1,
  zeros: () => 0,
  checkerboard: (row, column) => (row + column) % 2,
  edge: (_row, column, _height, width) => (column < Math.floor(width / 2) ? 0 : 1),
  cross: (row, column, height, width) => (onMiddle(row, height) || onMiddle(column, width) ? 1 : 0),
} as const satisfies Record<string, (row: number, column: number, height: number, width: number) => number>;

export type InputPreset = keyof typeof inputPresets;

/** One middle cell of an odd size, two of an even one. */
function onMiddle(index: number, size: number): boolean {
  return index === Math.floor(size / 2) || index === Math.floor((size - 1) / 2);
}

/** height * width values of a preset, row-major. */
export function inputPresetValues(preset: InputPreset, height: number, width: number): number[] {
  return Array.from({ length: height * width }, (_value, index) =>
    inputPresets[preset](Math.floor(index / width), index % width, height, width),
  );
}
