import { expect, test, vi } from 'vitest';
import { installDawn, vulkanDriver } from './dawn.ts';

test('an adapter answers and a compute shader gives the right numbers', async () => {
  const gpu = await installDawn();
  expect(navigator.gpu).toBe(gpu);
  const adapter = await gpu.requestAdapter();
  const device = await adapter?.requestDevice();
  if (device === undefined) throw new Error('no device');
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
  const values = device.createBuffer({ size: 64 * 4, usage });
  const readback = device.createBuffer({
    size: 64 * 4,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  const code = `
    @group(0) @binding(0) var<storage, read_write> values: array<f32>;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
      values[id.x] = f32(id.x) * f32(id.x);
    }`;
  const pipeline = device.createComputePipeline({
    layout: 'auto',
    compute: { module: device.createShaderModule({ code }), entryPoint: 'main' },
  });
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer: values } }],
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(values, 0, readback, 0, 64 * 4);
  device.queue.submit([encoder.finish()]);
  await readback.mapAsync(GPUMapMode.READ);
  const squares = [...new Float32Array(readback.getMappedRange())];
  readback.unmap();
  device.destroy();
  expect(squares).toEqual(Array.from({ length: 64 }, (_, i) => i * i));
});

test('the driver that the environment names wins', () => {
  vi.stubEnv('VK_ICD_FILENAMES', '/some/driver.json');
  expect(vulkanDriver()).toBe('/some/driver.json');
  vi.unstubAllEnvs();
});
