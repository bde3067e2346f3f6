/**
 * Reads the ring buffer in which the GPU leaves each step's metrics. Copies go to two buffers in turn, so that a reading
 * never waits for the mapping of the one before.
 */
import type { StepMetrics } from '@/model/stepMetrics';
import type { DeviceMemory } from '@/engine/webgpu/deviceMemory';
import { metricsStride } from '@/engine/webgpu/kernels/loss';
import type { Resource } from '@/engine/webgpu/program';

/** Steps in the ring; a reading comes long before they are full, and is forced where it does not. */
export const ringSteps = 4096;

interface Pending {
  readonly batchSize: number;
  readonly learningRate: number;
}

export class MetricsRing {
  readonly #memory: DeviceMemory;
  readonly #ring: Resource;
  readonly #copies: GPUBuffer[] = [];
  #firstStep = 0;
  /** Steps queued and not read, in order; the last lies before `#slot`. */
  #pending: Pending[] = [];
  #slot = 0;
  #loss: number[] = [];
  #accuracy: number[] = [];
  #learningRate: number[] = [];

  /** `ring`: ringSteps entries of metricsStride floats. */
  constructor(memory: DeviceMemory, ring: Resource) {
    this.#memory = memory;
    this.#ring = ring;
  }

  /** The two copies, made at the first reading. */
  #copyBuffer(): GPUBuffer {
    for (let i = this.#copies.length; i < 2; i += 1) {
      this.#copies.push(
        this.#memory.device.createBuffer({
          label: `metrics copy ${i}`,
          size: this.#ring.bytes,
          usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
        }),
      );
    }
    const copy = this.#copies.shift();
    if (copy === undefined) throw new RangeError('Both copies were made above.');
    this.#copies.push(copy);
    return copy;
  }

  /** Where the next step's metrics go. */
  get slot(): number {
    return this.#slot;
  }

  /** Forgets everything; the next step added is `firstStep` and goes to slot 0. */
  reset(firstStep: number): void {
    this.#firstStep = firstStep;
    this.#slot = 0;
    this.#pending = [];
    this.#loss = [];
    this.#accuracy = [];
    this.#learningRate = [];
  }

  /** Steps that may be queued before `drain`. */
  get room(): number {
    return ringSteps - this.#pending.length;
  }

  /** A step was queued. */
  add(batchSize: number, learningRate: number): void {
    this.#pending.push({ batchSize, learningRate });
    this.#slot = (this.#slot + 1) % ringSteps;
  }

  /** Reads what is in the ring, which waits for the GPU. */
  async drain(): Promise<void> {
    const pending = this.#pending;
    if (pending.length === 0) return;
    this.#pending = [];
    const copy = this.#copyBuffer();
    const first = (this.#slot - pending.length + ringSteps) % ringSteps;
    const entry = metricsStride * 4;
    const { device } = this.#memory;
    const ring = this.#memory.buffer(this.#ring);
    const encoder = device.createCommandEncoder();
    const untilEnd = Math.min(pending.length, ringSteps - first);
    encoder.copyBufferToBuffer(ring, first * entry, copy, 0, untilEnd * entry);
    if (untilEnd < pending.length)
      encoder.copyBufferToBuffer(ring, 0, copy, untilEnd * entry, (pending.length - untilEnd) * entry);
    device.queue.submit([encoder.finish()]);
    await copy.mapAsync(GPUMapMode.READ, 0, pending.length * entry);
    const values = new Float32Array(copy.getMappedRange(0, pending.length * entry));
    pending.forEach(({ batchSize, learningRate }, i) => {
      this.#loss.push(values[metricsStride * i] ?? NaN);
      this.#accuracy.push((values[metricsStride * i + 1] ?? NaN) / batchSize);
      this.#learningRate.push(learningRate);
    });
    copy.unmap();
  }

  /** All steps since the last call. */
  async read(): Promise<StepMetrics> {
    await this.drain();
    const metrics: StepMetrics = {
      firstStep: this.#firstStep,
      loss: Float32Array.from(this.#loss),
      accuracy: Float32Array.from(this.#accuracy),
      learningRate: Float32Array.from(this.#learningRate),
    };
    this.#firstStep += this.#loss.length;
    this.#loss = [];
    this.#accuracy = [];
    this.#learningRate = [];
    return metrics;
  }

  dispose(): void {
    for (const copy of this.#copies) copy.destroy();
  }
}
