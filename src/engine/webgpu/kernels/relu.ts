/** ReLU in WGSL as in PyTorch: NaN stays NaN, where WGSL's max may give 0, and lets its gradient through. */
export type FloatType = 'f32' | 'vec4f';

/** max(x, 0). */
export function rectified(x: string, type: FloatType): string {
  return `select(${x}, ${type}(), ${x} < ${type}())`;
}

/** `gradient` where the ReLU gave `y`, else 0. */
export function throughRelu(gradient: string, y: string, type: FloatType): string {
  return `select(${gradient}, ${type}(), ${y} <= ${type}())`;
}
