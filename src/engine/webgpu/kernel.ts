/**
 * A kernel as data, made from typed parameters: what its WGSL module declares, the statements of its entry point, and its number of
 * workgroups. wgsl.ts writes the module; mergeKernels.ts makes one kernel of several. Sizes are constants of the source, so a kernel
 * belongs to one shape; the plan (bufferPlan.ts) gives each name a buffer, once.
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
  /** WGSL type of the variable, such as `array<f32>`, or a struct that the kernel declares. */
  readonly type: string;
}

/** A function, constant, struct, alias or private variable of the module; wgsl.ts makes them. */
export interface Declaration {
  readonly name: string;
  readonly code: string;
  /** Names that a struct gives its members, whatever else has them. */
  readonly members?: readonly string[];
}

/** An array that the invocations of a workgroup share. */
export interface WorkgroupArray {
  readonly name: string;
  readonly type: 'f32' | 'vec2f' | 'vec4f';
  readonly length: number;
}

export interface Kernel {
  /** For error messages, profiles and the plan's listing. */
  readonly label: string;
  readonly bindings: readonly KernelBinding[];
  readonly declarations: readonly Declaration[];
  readonly workgroupArrays: readonly WorkgroupArray[];
  readonly usesSubgroups: boolean;
  /** Invocations of a workgroup. */
  readonly lanes: number;
  /** Statements of the entry point; they see `group: vec3u`, the workgroup's place, and `lane: u32`, the invocation in it. */
  readonly body: string;
  readonly workgroups: readonly [x: number, y: number, z: number];
  /** Multiply-adds of a matrix product; absent where the work is small. */
  readonly products?: number;
}

const elementBytes = { f32: 4, vec2f: 8, vec4f: 16 } as const satisfies Record<
  WorkgroupArray['type'],
  number
>;

/** Workgroup memory that the kernel takes, in bytes. */
export function workgroupBytes({ workgroupArrays }: Pick<Kernel, 'workgroupArrays'>): number {
  return workgroupArrays.reduce((sum, { type, length }) => sum + elementBytes[type] * length, 0);
}
