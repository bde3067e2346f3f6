/** The WebAssembly engine against PyTorch in Chromium: fused multiply-add exists there and not in Node, and threads are workers. */
import { expect, test } from 'vitest';
import { browserHost } from '@/engine/wasm/browserHost';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import lenetManifest from '../../fixtures/pytorch/lenet.json?raw';
import lenetTensors from '../../fixtures/pytorch/lenet.safetensors?url';
import mynnManifest from '../../fixtures/pytorch/mynn.json?raw';
import mynnTensors from '../../fixtures/pytorch/mynn.safetensors?url';
import resnetManifest from '../../fixtures/pytorch/resnet.json?raw';
import resnetTensors from '../../fixtures/pytorch/resnet.safetensors?url';
import vgg2Manifest from '../../fixtures/pytorch/vgg2.json?raw';
import vgg2Tensors from '../../fixtures/pytorch/vgg2.safetensors?url';
import { openFixture } from '../fixtures/fixture.ts';
import { networkParity } from './networkParity.ts';

interface Case {
  readonly net: string;
  readonly manifest: string;
  readonly tensors: string;
  readonly relaxed: boolean;
  readonly threads: number;
  /** VGG-2 takes one optimizer, the others all; ResNet-18 and VGG-16 are run in Node alone, for time. */
  readonly run?: string;
}

const small = [
  { net: 'mynn', manifest: mynnManifest, tensors: mynnTensors },
  { net: 'lenet', manifest: lenetManifest, tensors: lenetTensors },
  { net: 'resnet', manifest: resnetManifest, tensors: resnetTensors },
];
const cases: Case[] = [
  ...small.map((fixture) => ({ ...fixture, relaxed: true, threads: 1 })),
  ...small.map((fixture) => ({ ...fixture, relaxed: false, threads: 1 })),
  { net: 'mynn', manifest: mynnManifest, tensors: mynnTensors, relaxed: true, threads: 2 },
  {
    net: 'vgg2',
    manifest: vgg2Manifest,
    tensors: vgg2Tensors,
    relaxed: true,
    threads: 1,
    run: 'ce/sgd_m09_wd',
  },
];

test.each(cases)(
  '$net, fused $relaxed, $threads threads',
  async ({ manifest, tensors, relaxed, threads, run }) => {
    const engine = await createWasmEngine({ host: browserHost(), threads, relaxed });
    try {
      expect(engine.info.device).toContain(`${threads} thread`);
      expect(engine.info.device.includes('fused')).toBe(relaxed);
      const bytes = new Uint8Array(await (await fetch(tensors)).arrayBuffer());
      const fixture = openFixture(JSON.parse(manifest), bytes);
      const checks = await networkParity(engine, fixture, {
        runs: (name) => run === undefined || name === run,
      });
      expect(checks.filter(({ pass }) => !pass)).toEqual([]);
      expect(checks.length).toBeGreaterThan(600);
    } finally {
      engine.dispose();
    }
  },
);
