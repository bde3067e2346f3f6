/** The rows of the benchmark by name, in Node and in Chromium. A process or a worker reads what it is from its name. */

/** In the order of the table; the first that runs is the reference of the ratios. */
export const nodeTrainers = ['webgpu', 'tfjs-webgpu', 'jax-js', 'tfjs-wasm', 'wasm', 'wasm-threads'] as const;

export const chromiumTrainers = [
  'webgpu',
  'tfjs-webgpu',
  'jax-js',
  'tfjs-webgl',
  'tfjs-wasm',
  'wasm',
  'wasm-threads',
] as const;

/** In Chromium, where they are asked for: the app's trainer with its runs recorded or not. */
export const recordingTrainers = ['unrecorded', 'recorded'] as const;

const labels: Readonly<Record<string, string>> = {
  webgpu: 'compiled webgpu',
  'tfjs-webgpu': 'stock tfjs webgpu',
  'jax-js': 'jax-js webgpu',
  'tfjs-webgl': 'tfjs webgl',
  'tfjs-wasm': 'tfjs wasm, our kernel',
  wasm: 'our wasm engine, 1 thread',
  'wasm-threads': 'our wasm engine, 2 threads',
  unrecorded: 'our trainer, 1 thread, not recorded',
  recorded: 'our trainer, 1 thread, recorded',
};

export function labelOf(name: string): string {
  return labels[name] ?? name;
}

/** Whether the trainer knows the network; jax-js has Mynn alone. */
export function trains(name: string, network: string): boolean {
  return name !== 'jax-js' || network === 'mynn';
}
