/**
 * A kernel: one WGSL module, made from typed parameters, with its bindings by name and its number of workgroups. Sizes are
 * constants of the source, so a kernel belongs to one shape; the plan (plan.ts) gives each name a buffer, once.
 *
 * Layouts that all kernels share, float32 unless said:
 * - activations and their gradients [N][H][W][C], after Flatten [N][features]; no padding between
 * - convolution weights [kH][kW][in][out], Linear weights [in][out], where `in` follows the NHWC order of what comes in
 *   (stateTransfer.ts permutes PyTorch's channel-major columns), biases and BatchNorm vectors [C]
 * - arg max of a pooling window: u32, the offset of the winner in the input of one image, as its gradient kernel reads it
 * Where a count is divisible by 4 a kernel may bind the same buffer as array<vec4f>.
 */
export type BindingAccess = 'read' | 'read_write' | 'uniform';

export interface KernelBinding {
  /** The role: `x`, `weight`, `bias`, `y`, ...; binding numbers follow the order of the list. */
  readonly name: string;
  readonly access: BindingAccess;
}

export interface Kernel {
  /** For error messages, profiles and the plan's listing. */
  readonly label: string;
  readonly wgsl: string;
  readonly bindings: readonly KernelBinding[];
  readonly workgroups: readonly [x: number, y: number, z: number];
  /** Multiply-adds of a matrix product; absent where the work is small. */
  readonly products?: number;
}
