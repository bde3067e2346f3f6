/** The engines that parity can be asked for: one line each. */
import type { BackendName } from '@/model/backend';
import type { Engine } from '@/engine/engine';
import { createTfjsEngine, probeBackends } from '@/engine/tfjs/backends';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { createWebgpuEngine } from '@/engine/webgpu/createWebgpuEngine';
import type { WebgpuEngine } from '@/engine/webgpu/webgpuEngine';
import { installDawn } from '../dawn.ts';
import { nodeHost } from '../wasm/nodeHost.ts';

export interface ParityEngine {
  readonly create: () => Promise<Engine>;
  /** Whether a network that does not fit the device is no failure: an adapter's limits are not ours to mend. */
  readonly mayRefuse: boolean;
  /** Whether it computes in float32 even where a BatchNorm is unsteady (engine/wasm/precision.ts). */
  readonly isFloat32: boolean;
}

async function tfjs(backend: BackendName): Promise<Engine> {
  if (backend === 'webgpu') await installDawn();
  return (await createTfjsEngine(backend)).engine;
}

async function webgpu(): Promise<WebgpuEngine> {
  await installDawn();
  const found = (await probeBackends()).find(({ backend }) => backend === 'webgpu');
  if (found === undefined) throw new Error('WebGPU was not probed.');
  return createWebgpuEngine(found);
}

export const engines = {
  webgpu: { create: webgpu, mayRefuse: false, isFloat32: true },
  'tfjs-wasm': { create: () => tfjs('wasm'), mayRefuse: false, isFloat32: true },
  'tfjs-webgpu': { create: () => tfjs('webgpu'), mayRefuse: true, isFloat32: true },
  wasm: {
    create: () => createWasmEngine({ host: nodeHost(), threads: 1 }),
    mayRefuse: false,
    isFloat32: false,
  },
  'wasm-threads': {
    create: () => createWasmEngine({ host: nodeHost(), threads: 2 }),
    mayRefuse: false,
    isFloat32: false,
  },
  'tfjs-cpu': { create: () => tfjs('cpu'), mayRefuse: false, isFloat32: true },
} as const satisfies Record<string, ParityEngine>;

export type ParityEngineName = keyof typeof engines;

export function isParityEngineName(name: string): name is ParityEngineName {
  return Object.hasOwn(engines, name);
}
