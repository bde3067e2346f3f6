// The trainer on real WebGPU in Node: the same run as on wasm, and an error that tfjs would swallow.
import { afterEach, beforeAll, expect, test } from 'vitest';
import { webgpuBackend } from '@/engine/tfjs/kernels/tfjsInternals';
import { installDawn } from '../../scripts/dawn.ts';
import { closeLabs, mnist, openLab, smallRun } from '../../scripts/trainerLab.ts';

beforeAll(async () => {
  await installDawn();
});
afterEach(closeLabs);

const config = smallRun('mynn', 4);

test('trains on WebGPU, and goes on after a loss of the device: elsewhere, and on a new one', async () => {
  const onWasm = await openLab();
  await onWasm.prepare(config);
  for (let i = 0; i < 7; i += 1) await onWasm.train('step');
  const expected = onWasm.metric('loss');
  closeLabs();

  const lab = await openLab(mnist(), 'webgpu');
  await lab.prepare(config);
  const testing = lab.next((event) => event.type === 'runStatus' && event.status.testedImages !== null);
  const paused = lab.phase('paused');
  lab.trainer.train('a', 'end');
  await testing;
  lab.trainer.pause('a');
  await paused;
  expect(lab.status).toMatchObject({ step: 4, phase: 'paused' });
  expect(lab.status.firstStepMilliseconds).toBeGreaterThan(0);

  const { device } = webgpuBackend();
  // A buffer that no device allows: WebGPU answers out of band, and hands out an invalid buffer.
  device.createBuffer({ size: 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
  await expect.poll(() => lab.losses, { timeout: 10_000 }).toHaveLength(1);
  await lab.useBackend('wasm');
  expect(lab.status).toMatchObject({ step: 4, phase: 'paused' });
  await lab.train('step');

  await lab.useBackend('webgpu');
  const second = webgpuBackend().device;
  expect(second).not.toBe(device);
  await lab.train('step');
  second.destroy();
  await expect.poll(() => lab.losses, { timeout: 10_000 }).toHaveLength(2);
  await lab.useBackend('webgpu');
  expect(webgpuBackend().device).not.toBe(second);
  await lab.train('step');
  expect(lab.events.filter(({ type }) => type === 'runFailed')).toEqual([]);

  // float32 in two orders of summation: the engines agree to 1e-4 (tfjsEngine.dawn.test.ts); momentum carries it on.
  const losses = lab.metric('loss');
  expect(losses).toHaveLength(7);
  for (const [step, loss] of losses.entries()) {
    expect(Math.abs(loss - (expected[step] ?? NaN)) / loss, `step ${step}`).toBeLessThan(1e-3);
  }
});
