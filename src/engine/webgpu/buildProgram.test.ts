// What a plan promises before there is a device: how many dispatches, what is split, and that memory is shared.
import { describe, expect, it } from 'vitest';
import { runConfig } from '@/engine/testing/testRuns';
import { planTensors } from '@/engine/webgpu/bufferPlan';
import { buildProgram, controlResources } from '@/engine/webgpu/buildProgram';
import { workgroupBytes } from '@/engine/webgpu/kernel';
import type { KernelTarget } from '@/engine/webgpu/kernels/convShape';
import { ImageInbox } from '@/engine/webgpu/residentImages';
import { RunMemory } from '@/engine/webgpu/runMemory';
import { standardNetwork } from '@/model/standardNetworks';
import { withoutDropout } from '@/model/layers';
import { runCost } from '@/model/cost';

const maxBytes = 128 * 2 ** 20;

const lavapipe: KernelTarget = { isSoftware: true, subgroupSize: 8 };
const graphicsCard: KernelTarget = { isSoftware: false, subgroupSize: 32 };

function planOf(id: string, batch = 64, hasDropout = true, target = lavapipe) {
  const network = standardNetwork(id);
  const config = runConfig(hasDropout ? network : withoutDropout(network), {
    batchSize: batch,
    input: { augment: null, resize: id === 'vgg16' ? 64 : null, normalize: null },
  });
  const memory = new RunMemory(maxBytes);
  const program = buildProgram(config, memory, {
    mode: 'train',
    images: batch,
    source: new ImageInbox(batch),
    control: controlResources(),
    target,
  });
  return { config, memory, program, buffers: planTensors(program) };
}

describe('buildProgram', () => {
  it.each([
    ['mynn', 12],
    ['lenet', 16],
    ['resnet', 24],
    ['vgg2', 40],
    ['resnet18', 160],
    ['vgg16', 64],
  ])('%s takes at most %i dispatches a step', (id, most) => {
    for (const target of [lavapipe, graphicsCard])
      expect(planOf(id, 64, true, target).program.dispatches.length).toBeLessThanOrEqual(most);
  });

  it('keeps kernels apart that fill a graphics card alone', () => {
    const labels = (target: KernelTarget) =>
      planOf('vgg2', 64, true, target).program.dispatches.map(({ kernel }) => kernel.label);
    const both = (label: string): boolean =>
      label.includes('weight gradient 128->128') && label.includes('input gradient 128->128');
    expect(labels(lavapipe).filter(both)).toHaveLength(1);
    expect(labels(graphicsCard).filter(both)).toHaveLength(0);
    // Smaller ones share a dispatch there, too.
    expect(labels(graphicsCard).some((label) => label.includes(' | linear input gradient'))).toBe(true);
  });

  it.each(['mynn', 'vgg2', 'resnet18'])('%s keeps within the workgroup memory of every device', (id) => {
    for (const { kernel } of planOf(id, 64, true, graphicsCard).program.dispatches)
      expect(workgroupBytes(kernel), kernel.label).toBeLessThanOrEqual(16384);
  });

  it('binds at most the eight storage buffers that every device allows', () => {
    for (const { kernel } of planOf('resnet18').program.dispatches)
      expect(kernel.bindings.length, kernel.label).toBeLessThanOrEqual(8);
  });

  it('splits VGG-16’s first Linear into banks that one binding can hold, without a gap or an overlap', () => {
    const { memory } = planOf('vgg16', 2);
    for (const bank of memory.banks) expect(bank.bytes).toBeLessThanOrEqual(maxBytes);
    const { pieces = [], count } = memory.parameters.get('classifier.0.weight') ?? {};
    expect(count).toBe(25088 * 4096);
    let row = 0;
    for (const { firstRow, rows } of pieces) {
      expect(firstRow).toBe(row);
      row += rows;
    }
    expect(row).toBe(25088);
  });

  it('shares buffers among activations: far less than one each, and never two alive at once', () => {
    const { config, program, buffers } = planOf('resnet18');
    const total = buffers.buffers.reduce((sum, { bytes }) => sum + bytes, 0);
    const cost = runCost(config);
    expect(total).toBeLessThan(cost.activationBytes * 1.5);
    program.dispatches.forEach(({ tensors }) => {
      const own = [...new Set(tensors.filter(({ storage }) => storage === null))];
      const places = own.map((tensor) => buffers.places.get(tensor));
      expect(new Set(places).size).toBe(own.length);
    });
  });
});
