/** A WebGPU adapter's name, where a browser gives one. */

/** What the browser tells of an adapter (`info`) or of a device's (`adapterInfo`): nothing in Chrome before 127. */
export const toldInfo = (info: GPUAdapterInfo | undefined): Partial<GPUAdapterInfo> => info ?? {};
