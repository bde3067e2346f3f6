// What a run needs of a GPU's buffers, by the engine's own plan. Planning touches no device: the one given here can do nothing.
import { expect, test } from 'vitest';
import { runConfig } from '@/engine/testing/testRuns';
import { DeviceMemory } from '@/engine/webgpu/deviceMemory';
import { PipelineCache } from '@/engine/webgpu/pipelines';
import { ResidentImages } from '@/engine/webgpu/residentImages';
import { WebgpuRun, type RunParts } from '@/engine/webgpu/webgpuRun';
import { fitsLimits, runCost } from '@/model/cost';
import type { RunConfig } from '@/model/runConfig';
import { standardNetwork } from '@/model/standardNetworks';

function partsOf(allowed: number): RunParts {
  const limits = { maxBufferSize: allowed, maxStorageBufferBindingSize: allowed };
  const device = {} as GPUDevice;
  const memory = new DeviceMemory(device, limits);
  return {
    memory,
    limits,
    cache: new PipelineCache(device),
    target: { isSoftware: true },
    trainingImages: new ResidentImages('train', memory),
  };
}

const configOf = (id: string, batchSize: number): RunConfig =>
  runConfig(standardNetwork(id), {
    batchSize,
    trainingImages: batchSize,
    input: { augment: null, resize: id === 'vgg16' ? 224 : null, normalize: null },
  });

const planned = (config: RunConfig, allowed: number): number =>
  WebgpuRun.plannedBytes(config, partsOf(allowed));
const refusal = (config: RunConfig, allowed: number): Promise<unknown> =>
  WebgpuRun.create(config, undefined, partsOf(allowed)).catch((error: unknown) => error);

test.each(['lenet', 'vgg2', 'resnet18', 'vgg16'])('%s is refused where its plan says so', async (id) => {
  const config = configOf(id, 32_768);
  // Every device with WebGPU binds so much.
  const small = 128 * 2 ** 20;
  const bytes = planned(config, small);
  expect(bytes).toBeGreaterThan(small);
  expect(await refusal(config, small)).toMatchObject({ code: 'limits' });
  // What is split at the limit is split no finer at a higher one.
  expect(planned(config, bytes)).toBeLessThanOrEqual(bytes);
  expect(await refusal(config, bytes)).not.toMatchObject({ code: 'limits' });
});

test('a pool in a convolution’s kernel leaves less to store than its tensors are', () => {
  const config = configOf('lenet', 1024);
  const [activation] = runCost(config).buffers.filter(({ role }) => role === 'activation');
  const allowed = (activation?.bytes ?? 0) - 1;
  expect(
    fitsLimits(runCost(config), { maxBufferSize: allowed, maxStorageBufferBindingSize: null }),
  ).not.toEqual([]);
  expect(planned(config, allowed)).toBeLessThanOrEqual(allowed);
});
