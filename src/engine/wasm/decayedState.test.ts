// Numbers below 1e-38 cost the processor a hundred times as much: what decays becomes 0, in every slot of every optimizer.
import { expect, it } from 'vitest';
import { engines } from '../../../scripts/parity/engines.ts';
import { defaultConfig } from '@/model/presets';
import type { NetworkSpec } from '@/model/layers';
import { optimizerKinds, optimizerSlots, defaultOptimizer, type OptimizerSpec } from '@/model/optimizers';
import type { RunConfig } from '@/model/runConfig';
import type { StateDict } from '@/model/tensor';

const network: NetworkSpec = {
  id: 'custom',
  name: 'custom',
  outputActivation: 'none',
  layers: [
    { kind: 'Flatten', name: 'flatten' },
    {
      kind: 'Linear',
      name: 'fc',
      inFeatures: 784,
      outFeatures: 10,
      bias: true,
      init: { kind: 'default' },
    },
  ],
};
const smallest = 2 ** -126;
/** 0.9 ^ 1000 is 1e-46. */
const steps = 1000;

/** With every slot, all of which lose a tenth a step. */
function decaying(spec: OptimizerSpec): OptimizerSpec {
  if (spec.kind === 'SGD') return { ...spec, momentum: 0.9 };
  if (spec.kind === 'RMSprop') return { ...spec, momentum: 0.9, alpha: 0.9, centered: true };
  return 'beta2' in spec ? { ...spec, beta2: 0.9 } : spec;
}

it.each(optimizerKinds)('%s', async (kind) => {
  const optimizer = decaying(defaultOptimizer(kind));
  const engine = await engines.wasm.create();
  try {
    // Blank images: no weight has a gradient.
    await engine.setImages('train', { images: new Uint8Array(784), labels: new Uint8Array(1), count: 1 });
    const config: RunConfig = {
      ...defaultConfig('lenet'),
      network,
      input: { augment: null, resize: null, normalize: null },
      optimizer,
      batchSize: 1,
      trainingImages: 1,
      epochs: 2 * steps,
    };
    const slots = optimizerSlots(optimizer);
    const stateOf = (value: number): StateDict =>
      new Map([
        ['fc.weight', { dtype: 'F32', shape: [10, 784], data: new Float32Array(7840).fill(value) }],
        ['fc.bias', { dtype: 'F32', shape: [10], data: new Float32Array(10) }],
      ]);
    await engine.compile(config, {
      step: 1,
      parameters: stateOf(0.5),
      optimizer: Object.fromEntries(slots.map((slot) => [slot, stateOf(1e-3)])),
    });
    await engine.step(steps);
    await engine.readMetrics();
    const after = await engine.readState();
    expect(Object.keys(after.optimizer).toSorted()).toEqual([...slots].toSorted());
    for (const [slot, values] of Object.entries(after.optimizer)) {
      const data = [...(values.get('fc.weight')?.data ?? [])].map(Number);
      const subnormal = data.filter((value) => value !== 0 && Math.abs(value) < smallest);
      expect(data).toHaveLength(7840);
      expect([slot, subnormal.length]).toEqual([slot, 0]);
    }
  } finally {
    engine.dispose();
  }
});
