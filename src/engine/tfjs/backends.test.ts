import type { BackendName, BackendProbe, BackendReason } from '@/model/backend';
import { expect, test } from 'vitest';
import { createTfjsEngine, orderOfChoice, probeBackends } from '@/engine/tfjs/backends';

const probesOf = (reasons: Readonly<Record<BackendName, BackendReason>>): BackendProbe[] =>
  (['cpu', 'wasm', 'webgl', 'webgpu'] as const).map((backend) => ({
    backend,
    usable: ['available', 'software_adapter'].includes(reasons[backend]),
    reason: reasons[backend],
    device: '',
    detail: '',
  }));

test('a real GPU comes first, WebGPU before WebGL', () => {
  const real = { webgpu: 'available', webgl: 'available', wasm: 'available', cpu: 'available' } as const;
  expect(orderOfChoice(probesOf(real))).toEqual(['webgpu', 'webgl', 'wasm', 'cpu']);
  expect(orderOfChoice(probesOf({ ...real, webgpu: 'no_adapter' }))).toEqual(['webgl', 'wasm', 'cpu']);
});

test('on software adapters wasm comes first and WebGPU last', () => {
  const software = {
    webgpu: 'software_adapter',
    webgl: 'software_adapter',
    wasm: 'available',
    cpu: 'available',
  } as const;
  expect(orderOfChoice(probesOf(software))).toEqual(['wasm', 'webgl', 'cpu', 'webgpu']);
  expect(orderOfChoice(probesOf({ ...software, wasm: 'no_simd' }))).toEqual(['webgl', 'cpu', 'webgpu']);
});

test('Node has wasm and cpu, says why not the others, and takes wasm', async () => {
  const probes = await probeBackends();
  const reasons = Object.fromEntries(probes.map(({ backend, reason }) => [backend, reason]));
  expect(reasons).toEqual({ webgpu: 'no_api', webgl: 'no_webgl2', wasm: 'available', cpu: 'available' });
  const { engine } = await createTfjsEngine('auto');
  expect(engine.info).toMatchObject({
    engine: 'tfjs',
    backend: 'wasm',
    device: 'WebAssembly, SIMD, 1 thread',
  });
  engine.dispose();
  await expect(createTfjsEngine('webgl')).rejects.toMatchObject({ code: 'unsupported' });
});
