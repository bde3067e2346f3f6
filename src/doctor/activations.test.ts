import { describe, expect, it } from 'vitest';
import { readRecord } from '../../scripts/doctor/recordFile.ts';
import { gainsBeforeSaturation, layersBehindRelu } from '@/doctor/activations';
import { diagnose } from '@/doctor/diagnose';
import { initialisedWeights } from '@/doctor/fixes';
import type { RunRecord } from '@/doctor/runRecord';
import { architectures } from '@/model/architectures';
import { mapLayers, type LayerSpec, type NetworkSpec } from '@/model/layers';
import { defaultConfig } from '@/model/presets';

function networkOf(id: string): NetworkSpec {
  const network = architectures.find((one) => one.id === id);
  if (network === undefined) throw new RangeError(`No network is called ${id}.`);
  return network;
}

const withTanh = (network: NetworkSpec): NetworkSpec => ({
  ...network,
  layers: mapLayers(network.layers, (layer): LayerSpec =>
    layer.kind === 'ReLU' ? { kind: 'Tanh', name: layer.name } : layer,
  ),
});

describe('layersBehindRelu', () => {
  it('passes pools, dropouts and Flatten, and enters both branches of a Residual', () => {
    expect([...layersBehindRelu(networkOf('lenet'))]).toHaveLength(4);
    const found = layersBehindRelu(networkOf('resnet18'));
    expect(found.has('layer2.0.conv1')).toBe(true);
    expect(found.has('layer2.0.conv2')).toBe(true);
    expect(found.has('conv1')).toBe(false);
    expect(layersBehindRelu(withTanh(networkOf('lenet'))).size).toBe(0);
  });
});

it('gainsBeforeSaturation names the layers before Sigmoid and Tanh alone', () => {
  expect([...gainsBeforeSaturation(withTanh(networkOf('lenet')).layers)]).toHaveLength(4);
  expect([...gainsBeforeSaturation(networkOf('resnet18').layers)]).toEqual([]);
});

describe('a network of another activation', () => {
  it('has no dead ReLUs', () => {
    const record = readRecord('lenet_dead_relus');
    const ids = (run: RunRecord): string[] => diagnose(run).map(({ id }) => id);
    expect(ids(record)).toContain('dead_relus');
    const config = { ...record.config, network: withTanh(record.config.network) };
    expect(ids({ ...record, config })).not.toContain('dead_relus');
  });

  it('is drawn anew by Glorot’s initialisation where it saturates, by He’s where it is like ReLU', () => {
    const config = defaultConfig('lenet');
    const he = ['kaiming_normal_fan_out', 'kaiming_normal_fan_out'];
    const plain = ['default', 'default'];
    const glorot = ['xavier_normal', 'xavier_normal'];
    const initsOf = (network: NetworkSpec): string[] =>
      initialisedWeights({ ...config, network }).config.network.layers.flatMap((layer) =>
        layer.kind === 'Conv2d' || layer.kind === 'Linear' ? [layer.init.kind] : [],
      );
    expect(initsOf(config.network)).toEqual([...he, ...plain, 'default']);
    expect(initsOf(withTanh(config.network))).toEqual([...glorot, ...glorot, 'default']);
  });
});
