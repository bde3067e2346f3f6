import { describe, expect, it } from 'vitest';
import { defaultConfig } from '@/model/presets';
import { WorkClock } from './workClock';

const lenet = { ...defaultConfig('lenet'), batchSize: 64 };
const vgg16 = { ...defaultConfig('vgg16'), batchSize: 64 };

describe('WorkClock', () => {
  it('announces no step of a small network, and each of a large one', () => {
    const clock = new WorkClock('wasm', () => 0);
    clock.meet(lenet);
    expect(clock.begin('step', 1).busySeconds).toBeNull();
    clock.meet(vgg16);
    // 446 billion operations, which take this machine about 30 s.
    expect(clock.begin('step', 1).busySeconds).toBeGreaterThan(300);
    expect(clock.begin('compile', 0).busySeconds).toBeGreaterThan(60);
  });

  it('announces how long orthogonal weights of a large network take to be drawn', () => {
    const clock = new WorkClock('webgpu', () => 0);
    const layers = vgg16.network.layers.map((layer) =>
      layer.kind === 'Linear' ? { ...layer, init: { kind: 'orthogonal', gain: 1 } as const } : layer,
    );
    clock.meet({ ...vgg16, network: { ...vgg16.network, layers } });
    const { busySeconds, limitSeconds } = clock.begin('compile', 0);
    // 2 · 4096² · (25088 + 4096) operations and some more, at half a thousand million a second.
    expect(busySeconds).toBeGreaterThan(1900);
    expect(limitSeconds).toBeGreaterThan(1900);
  });

  it('goes by what a step took, once one is done', () => {
    let now = 0;
    const clock = new WorkClock('wasm', () => now);
    clock.meet(vgg16);
    clock.begin('step', 1);
    now += 8000;
    clock.end('step');
    expect(clock.begin('step', 1).busySeconds).toBeCloseTo(80, 6);
    // A forward pass is a third of a step.
    expect(clock.begin('forward', 64).busySeconds).toBeCloseTo(80 / 3, 6);
    now += 2000;
    clock.end('forward');
    expect(clock.begin('step', 1).busySeconds).toBeCloseTo(60, 6);
  });

  it('gives a GPU time to compile at a first call, and then for what was queued', () => {
    let now = 0;
    const clock = new WorkClock('webgpu', () => now);
    clock.meet(lenet);
    expect(clock.begin('step', 1)).toMatchObject({ busySeconds: null });
    now += 100;
    clock.end('step');
    clock.begin('readMetrics', 0);
    now += 900;
    clock.end('readMetrics');
    expect(clock.begin('step', 20).limitSeconds).toBeGreaterThan(180);
    clock.end('step');
    // 20 steps at ten times the second that one took, beside a minute for whatever else happens.
    expect(clock.begin('readMetrics', 0).limitSeconds).toBeCloseTo(260, 0);
  });

  it('expects shaders of WebGL to block the thread when a call is new', () => {
    const clock = new WorkClock('webgl', () => 0);
    clock.meet(lenet);
    expect(clock.begin('forward', 1).busySeconds).toBeGreaterThan(30);
    expect(clock.begin('forward', 1).busySeconds).toBeNull();
    expect(clock.begin('forward', 30).busySeconds).toBeGreaterThan(30);
    // And the first reading to wait for them.
    expect(clock.begin('readMetrics', 0).limitSeconds).toBeGreaterThan(180);
  });
});
