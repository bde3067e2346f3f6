/** What a step asks of WebGPU and of JavaScript, counted from outside, the same for every library. */
import type { Profiler } from 'node:inspector';
import type { Trainer } from './trainer.ts';

export interface StepProfile {
  /** Per step; null without WebGPU. */
  readonly dispatches: number | null;
  readonly submits: number | null;
  /** Buffers created per step. */
  readonly buffers: number | null;
  /** Bytes of all buffers that live. */
  readonly gpuBytes: number | null;
  /**
   * Milliseconds per step that JavaScript and what it calls took: in Node time on a core, by the profiler; in a browser the time from
   * opening a command encoder to the end of its submit. Null where it cannot be seen.
   */
  readonly javascriptMilliseconds: number | null;
}

interface GpuCounts {
  dispatches: number;
  submits: number;
  buffers: number;
  bytes: number;
  /** Milliseconds between opening encoders and the end of their submits. */
  recording: number;
}

let counts: GpuCounts | null = null;

/** Calls `before` ahead of the method of every instance. */
function observe<T extends object>(
  prototype: T,
  name: keyof T,
  before: (self: T, result: unknown) => void,
): void {
  const original = prototype[name] as unknown as (...args: unknown[]) => unknown;
  const observed = function (this: T, ...args: unknown[]): unknown {
    const result = original.apply(this, args);
    before(this, result);
    return result;
  };
  Object.defineProperty(prototype, name, { value: observed, configurable: true, writable: true });
}

/** Counts all use of WebGPU in this process or worker from now on; call it before a device exists. */
export function countGpuUse(): void {
  if (counts !== null || typeof GPUDevice === 'undefined') return;
  const current: GpuCounts = { dispatches: 0, submits: 0, buffers: 0, bytes: 0, recording: 0 };
  counts = current;
  const sizes = new WeakMap<object, number>();
  for (const name of ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect'] as const) {
    observe(GPUComputePassEncoder.prototype, name, () => {
      current.dispatches += 1;
    });
  }
  let opened: number | null = null;
  observe(GPUDevice.prototype, 'createCommandEncoder', () => {
    opened ??= performance.now();
  });
  observe(GPUQueue.prototype, 'submit', () => {
    current.submits += 1;
    if (opened !== null) current.recording += performance.now() - opened;
    opened = null;
  });
  observe(GPUDevice.prototype, 'createBuffer', (_, made) => {
    const buffer = made as GPUBuffer;
    current.buffers += 1;
    current.bytes += buffer.size;
    sizes.set(buffer, buffer.size);
  });
  observe(GPUBuffer.prototype, 'destroy', (buffer) => {
    current.bytes -= sizes.get(buffer) ?? 0;
    sizes.delete(buffer);
  });
}

/** Milliseconds that the main thread was on a core, or null where the system does not tell. */
async function threadTime(): Promise<number | null> {
  const { readFile } = await import('node:fs/promises');
  try {
    const text = await readFile(`/proc/self/task/${process.pid}/schedstat`, 'utf8');
    return Number(text.split(' ')[0]) / 1e6;
  } catch {
    return null;
  }
}

/** Nodes of the profile whose stack holds a function of a file, rather than of Node, which polls for Dawn. */
function ownNodes(nodes: readonly Profiler.ProfileNode[]): ReadonlySet<number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = new Set<number>();
  const mark = (id: number, isInside: boolean): void => {
    const node = byId.get(id);
    if (node === undefined) return;
    const { url } = node.callFrame;
    const isOwn = isInside || (url !== '' && !url.startsWith('node:'));
    if (isOwn) own.add(id);
    for (const child of node.children ?? []) mark(child, isOwn);
  };
  const [root] = nodes;
  if (root !== undefined) mark(root.id, false);
  return own;
}

/**
 * Milliseconds of a core that the library's JavaScript and what it calls took during `work`: its share of the samples times
 * the time that the thread was on a core. Null in a browser, which tells neither.
 */
async function javascriptTime(work: () => Promise<unknown>): Promise<number | null> {
  if (typeof process === 'undefined') {
    await work();
    return null;
  }
  const { Session } = await import('node:inspector/promises');
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 100 });
  await session.post('Profiler.start');
  const before = await threadTime();
  await work();
  const after = await threadTime();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  const own = ownNodes(profile.nodes);
  const idle = new Set(
    profile.nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id),
  );
  let computing = 0;
  let busy = 0;
  (profile.samples ?? []).forEach((node, i) => {
    const time = Math.max(0, profile.timeDeltas?.[i + 1] ?? 0) / 1000;
    if (own.has(node)) computing += time;
    if (!idle.has(node)) busy += time;
  });
  // On a busy machine the thread often waits for a core in the middle of a function.
  const onCore = before === null || after === null ? 1 : Math.min(1, (after - before) / busy);
  return computing * onCore;
}

/** Counts over `steps` steps. Apart from the timed rounds: the profiler slows JavaScript down. */
export async function profileSteps(trainer: Trainer, steps: number): Promise<StepProfile> {
  const before = counts === null ? null : { ...counts };
  const milliseconds = await javascriptTime(() => trainer.run(steps));
  const javascriptMilliseconds = milliseconds === null ? null : milliseconds / steps;
  if (before === null || counts === null || counts.submits === 0) {
    return { dispatches: null, submits: null, buffers: null, gpuBytes: null, javascriptMilliseconds };
  }
  return {
    dispatches: (counts.dispatches - before.dispatches) / steps,
    submits: (counts.submits - before.submits) / steps,
    buffers: (counts.buffers - before.buffers) / steps,
    gpuBytes: counts.bytes,
    javascriptMilliseconds: javascriptMilliseconds ?? (counts.recording - before.recording) / steps,
  };
}
