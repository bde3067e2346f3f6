/** A split's images and labels as packed bytes on the GPU, uploaded as they arrive. */
import type { ImageSet } from '@/data/imageSet';
import type { DeviceMemory } from '@/engine/webgpu/deviceMemory';
import type { Resource } from '@/engine/webgpu/program';

export const imagePixels = 28 * 28;

const wordBytes = (bytes: number): number => Math.ceil(bytes / 4) * 4;

export class ResidentImages {
  readonly images: Resource;
  readonly labels: Resource;
  readonly range: Resource;
  readonly #memory: DeviceMemory;
  #set: ImageSet | null = null;
  #capacity = 0;
  #uploaded = 0;

  constructor(name: string, memory: DeviceMemory) {
    const capacity = (): number => this.#capacity;
    this.#memory = memory;
    this.images = {
      name: `${name} images`,
      get bytes() {
        return capacity() * imagePixels;
      },
    };
    this.labels = {
      name: `${name} labels`,
      get bytes() {
        return wordBytes(capacity());
      },
    };
    this.range = { name: `${name} range`, bytes: 8 };
  }

  get resources(): readonly Resource[] {
    return [this.images, this.labels, this.range];
  }

  /** Images that are on the GPU. */
  get count(): number {
    return this.#uploaded;
  }

  get set(): ImageSet | null {
    return this.#set;
  }

  /**
   * Uploads what is new, where the bytes are the same array, or all. Gives whether the buffers are new ones.
   * @throws EngineError `limits`
   */
  async update(set: ImageSet): Promise<boolean> {
    const capacity = Math.floor(set.images.length / imagePixels);
    const isNew = capacity !== this.#capacity;
    const isSame = set.images === this.#set?.images && !isNew;
    if (isNew) {
      this.dispose();
      this.#capacity = capacity;
      await this.#memory.allocate(this.resources, 'The images');
    }
    this.#upload(set, isSame ? this.#uploaded : 0);
    this.#set = set;
    this.#uploaded = set.count;
    return isNew;
  }

  #upload(set: ImageSet, from: number): void {
    if (set.count <= from) return;
    const { queue } = this.#memory.device;
    const images = this.#memory.buffer(this.images);
    queue.writeBuffer(
      images,
      from * imagePixels,
      set.images,
      from * imagePixels,
      (set.count - from) * imagePixels,
    );
    // Copies are whole words.
    const first = from - (from % 4);
    const bytes = new Uint8Array(wordBytes(set.count - first));
    bytes.set(set.labels.subarray(first, set.count));
    queue.writeBuffer(this.#memory.buffer(this.labels), first, bytes);
  }

  dispose(): void {
    for (const resource of [this.images, this.labels, this.range]) this.#memory.free(resource);
    this.#uploaded = 0;
    this.#set = null;
  }
}

/** The first images of a small buffer that is filled for each pass: evaluation, prediction, inspection. */
export class ImageInbox {
  readonly images: Resource;
  readonly labels: Resource;
  readonly range: Resource = { name: 'inbox range', bytes: 8 };
  readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.images = { name: 'inbox images', bytes: capacity * imagePixels };
    this.labels = { name: 'inbox labels', bytes: wordBytes(capacity) };
  }

  get resources(): readonly Resource[] {
    return [this.images, this.labels, this.range];
  }

  /** Fills the range once the buffers are there: a pass reads all of its images. */
  open(memory: DeviceMemory): void {
    memory.device.queue.writeBuffer(memory.buffer(this.range), 0, Uint32Array.of(0, this.capacity));
  }

  writeImages(memory: DeviceMemory, images: Uint8Array<ArrayBuffer>, from: number, count: number): void {
    memory.device.queue.writeBuffer(
      memory.buffer(this.images),
      0,
      images,
      from * imagePixels,
      count * imagePixels,
    );
  }

  writeLabels(memory: DeviceMemory, labels: Uint8Array<ArrayBuffer>): void {
    const bytes = new Uint8Array(wordBytes(labels.length));
    bytes.set(labels);
    memory.device.queue.writeBuffer(memory.buffer(this.labels), 0, bytes);
  }

  /** Copies images that are on the GPU already. */
  copyImages(
    encoder: GPUCommandEncoder,
    memory: DeviceMemory,
    source: ResidentImages,
    from: number,
    count: number,
  ): void {
    encoder.copyBufferToBuffer(
      memory.buffer(source.images),
      from * imagePixels,
      memory.buffer(this.images),
      0,
      count * imagePixels,
    );
  }
}
