/**
 * Puts dispatches that do not depend on each other into one. Each moves forward to the first dispatch behind everything it
 * depends on that can take it; the order of what depends on each other stays.
 */
import type { KernelBinding } from '@/engine/webgpu/kernel';
import { mergeKernels, type MergePart } from '@/engine/webgpu/mergeKernels';
import type { Dispatch, Tensor } from '@/engine/webgpu/program';

/** WebGPU's default limit of storage buffers in a stage, which tfjs's device keeps. */
const mostStorageBuffers = 8;

interface Operand {
  readonly tensor: Tensor;
  readonly isWritten: boolean;
}

interface Group {
  readonly members: Dispatch[];
  merged: Dispatch;
}

function operandsOf({ kernel, tensors }: Dispatch): Operand[] {
  return tensors.map((tensor, i) => ({
    tensor,
    isWritten: kernel.bindings[i]?.access === 'read_write',
  }));
}

function overlaps(a: Tensor, b: Tensor): boolean {
  if (a.storage === null || b.storage === null) return a === b;
  return (
    a.storage.resource === b.storage.resource &&
    a.storage.offset < b.storage.offset + b.bytes &&
    b.storage.offset < a.storage.offset + a.bytes
  );
}

function dependsOn(later: Dispatch, earlier: Dispatch): boolean {
  const before = operandsOf(earlier);
  return operandsOf(later).some((operand) =>
    before.some((other) => (operand.isWritten || other.isWritten) && overlaps(operand.tensor, other.tensor)),
  );
}

const isSameStretch = (a: Tensor, b: Tensor): boolean =>
  a === b ||
  (a.storage !== null &&
    b.storage !== null &&
    a.storage.resource === b.storage.resource &&
    a.storage.offset === b.storage.offset &&
    a.bytes === b.bytes);

/** All members as one dispatch, or null where they do not fit into one. */
function merged(members: readonly Dispatch[]): Dispatch | null {
  const bindings: KernelBinding[] = [];
  const tensors: Tensor[] = [];
  const parts: MergePart[] = [];
  for (const { kernel, tensors: own } of members) {
    const places = kernel.bindings.map(({ access, type }, i) => {
      const tensor = own[i];
      if (tensor === undefined) return -1;
      // A struct belongs to the kernel that declares it, so its buffer is bound for each.
      const isShareable = kernel.declarations.every(({ name }) => name !== type);
      const known = tensors.findIndex(
        (other, at) =>
          isShareable &&
          bindings[at]?.type === type &&
          bindings[at].access === access &&
          isSameStretch(tensor, other),
      );
      if (known !== -1) return known;
      bindings.push({ name: `b${tensors.length}`, access, type });
      return tensors.push(tensor) - 1;
    });
    parts.push({ kernel, places });
  }
  const storage = bindings.filter(({ access }) => access !== 'uniform').length;
  if (storage > mostStorageBuffers || usesOneBufferTwice(bindings, tensors)) return null;
  const kernel = mergeKernels(parts, bindings);
  return kernel === null ? null : { kernel, tensors };
}

/** A buffer that one part writes and another reads elsewhere in it: WebGPU refuses that, whatever the places. */
function usesOneBufferTwice(bindings: readonly KernelBinding[], tensors: readonly Tensor[]): boolean {
  return tensors.some(
    (tensor, i) =>
      bindings[i]?.access === 'read_write' &&
      tensor.storage !== null &&
      tensors.some(
        (other, j) =>
          bindings[j]?.access !== 'read_write' &&
          other.storage !== null &&
          other.storage.resource === tensor.storage?.resource,
      ),
  );
}

const isLarge = ({ kernel: { products = 0 } }: Dispatch, mostMerged: number): boolean =>
  products > mostMerged;

/** The same work in fewer dispatches. Two kernels of more multiply-adds than `mostMerged` stay apart. */
export function mergeDispatches(dispatches: readonly Dispatch[], mostMerged: number): readonly Dispatch[] {
  const groups: Group[] = [];
  for (const dispatch of dispatches) {
    const last = groups.findLastIndex(({ members }) => members.some((member) => dependsOn(dispatch, member)));
    let isPlaced = false;
    for (const group of dispatch.isSeparate === true ? [] : groups.slice(last + 1)) {
      if (group.merged.isSeparate === true) continue;
      const large = [...group.members, dispatch].filter((member) => isLarge(member, mostMerged));
      if (large.length > 1) continue;
      const together = merged([...group.members, dispatch]);
      if (together === null) continue;
      group.members.push(dispatch);
      group.merged = together;
      isPlaced = true;
      break;
    }
    if (!isPlaced) groups.push({ members: [dispatch], merged: dispatch });
  }
  return groups.map((group) => group.merged);
}
