/** Where batches come from: bytes in the worker, or bytes on the GPU from which a kernel gathers. */
import * as tf from '@tensorflow/tfjs-core';
import type { ImageSet } from '@/data/imageSet';
import { gatherImages } from '@/engine/tfjs/kernels/gatherImages';
import { webgpuBackend } from '@/engine/tfjs/kernels/tfjsInternals';

const pixels = 28 * 28;

export interface ImageSource {
  readonly set: ImageSet;
  /** [n, 28, 28, 1], u8 / 255, of the images at these indices. Call inside tidy. */
  batch(indices: Int32Array): tf.Tensor4D;
  /** Takes over a set that may be larger; uploads only what is new where the bytes are the same array. */
  update(set: ImageSet): void;
  dispose(): void;
}

/** Floats of `count` images that lie one after the other. */
export function imagesAsFloats(bytes: Uint8Array, count: number): Float32Array<ArrayBuffer> {
  const floats = new Float32Array(count * pixels);
  for (let i = 0; i < floats.length; i += 1) floats[i] = (bytes[i] ?? 0) / 255;
  return floats;
}

export function imageAt(set: ImageSet, index: number): Uint8Array {
  return set.images.subarray(index * pixels, (index + 1) * pixels);
}

/** Uploads each batch; for backends that cannot gather on the device. */
class HostImages implements ImageSource {
  set: ImageSet;
  constructor(set: ImageSet) {
    this.set = set;
  }

  batch(indices: Int32Array): tf.Tensor4D {
    const bytes = new Uint8Array(indices.length * pixels);
    indices.forEach((index, n) => bytes.set(imageAt(this.set, index), n * pixels));
    return tf.tensor4d(imagesAsFloats(bytes, indices.length), [indices.length, 28, 28, 1]);
  }

  update(set: ImageSet): void {
    this.set = set;
  }

  dispose(): void {
    // The bytes are the caller's.
  }
}

/** All bytes in one buffer of tfjs's own device. */
class WebGPUImages implements ImageSource {
  set: ImageSet;
  #buffer: GPUBuffer;
  #words: tf.Tensor;

  constructor(set: ImageSet) {
    this.set = set;
    const { device } = webgpuBackend();
    const capacity = Math.floor(set.images.length / pixels);
    this.#buffer = device.createBuffer({
      label: 'MNIST bytes',
      size: capacity * pixels,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
    });
    this.#words = tf.keep(
      tf.tensor({ buffer: this.#buffer, zeroCopy: true }, [(capacity * pixels) / 4], 'int32'),
    );
    this.#upload(0, set.count);
  }

  #upload(from: number, to: number): void {
    if (to <= from) return;
    const { queue } = webgpuBackend();
    queue.writeBuffer(this.#buffer, from * pixels, this.set.images, from * pixels, (to - from) * pixels);
  }

  batch(indices: Int32Array): tf.Tensor4D {
    return gatherImages(this.#words, tf.tensor1d(indices, 'int32')) as tf.Tensor4D;
  }

  update(set: ImageSet): void {
    const uploaded = set.images === this.set.images ? this.set.count : 0;
    this.set = set;
    this.#upload(uploaded, set.count);
  }

  dispose(): void {
    this.#words.dispose();
    this.#buffer.destroy();
  }
}

/** A source for this set, or the old one brought up to date. */
export function imageSource(set: ImageSet, old: ImageSource | undefined): ImageSource {
  if (old !== undefined && old.set.images.length === set.images.length) {
    old.update(set);
    return old;
  }
  old?.dispose();
  return tf.getBackend() === 'webgpu' ? new WebGPUImages(set) : new HostImages(set);
}

/** The first `count` images of 28 x 28 bytes as [count, 28, 28, 1] in [0, 1]. */
export function floatImages(images: Uint8Array, count: number): tf.Tensor4D {
  return tf.tensor4d(imagesAsFloats(images, count), [count, 28, 28, 1]);
}
