/** Copies of GPU buffers for the CPU: one mapped buffer that is kept and grows. */
export class Readback {
  readonly #device: GPUDevice;
  #kept: GPUBuffer | null = null;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** A buffer of at least so many bytes to copy into; nobody else's until it is read. */
  open(bytes: number): GPUBuffer {
    const kept = this.#kept;
    this.#kept = null;
    if (kept !== null && kept.size >= bytes) return kept;
    kept?.destroy();
    return this.#device.createBuffer({
      label: 'readback',
      size: Math.max(16, 2 ** Math.ceil(Math.log2(bytes))),
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    });
  }

  /** The first bytes of an opened buffer, once the GPU has written them; keeps the buffer for the next time. */
  async read(buffer: GPUBuffer, bytes: number): Promise<Float32Array<ArrayBuffer>> {
    await buffer.mapAsync(GPUMapMode.READ, 0, bytes);
    const values = new Float32Array(buffer.getMappedRange(0, bytes).slice(0));
    buffer.unmap();
    if (this.#kept === null) this.#kept = buffer;
    else buffer.destroy();
    return values;
  }

  dispose(): void {
    this.#kept?.destroy();
    this.#kept = null;
  }
}
