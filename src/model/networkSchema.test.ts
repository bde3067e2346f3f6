import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lenet, smallResnet } from '@/model/architectures';
import { networkLimits, type LayerSpec } from '@/model/layers';
import { NetworkSpecError, parseNetworkSpec } from '@/model/networkSchema';
import { standardNetworks } from '@/model/standardNetworks';

const custom = { ...lenet, id: 'custom' };
const withLayer = (index: number, change: Record<string, unknown>): unknown => ({
  ...custom,
  layers: custom.layers.map((layer, i) => (i === index ? { ...layer, ...change } : layer)),
});
const relu: LayerSpec = { kind: 'ReLU', name: 'relu' };
const nested = (depth: number, innermost: LayerSpec = relu): LayerSpec =>
  Array.from({ length: depth }).reduce<LayerSpec>(
    (inner, _, i) => ({ kind: 'Residual', name: `block${i}`, body: [inner], shortcut: [] }),
    innermost,
  );

describe('parseNetworkSpec', () => {
  it.each(standardNetworks.map((network) => [network.id, network] as const))(
    'accepts %s as it is',
    (_, network) => {
      expect(parseNetworkSpec(JSON.parse(JSON.stringify(network)))).toEqual(network);
    },
  );

  it('accepts layers that are named by digits, as those of nn.Sequential are', () => {
    const path = new URL('../../fixtures/cases/weights/sequential.network.json', import.meta.url);
    const network = parseNetworkSpec(JSON.parse(readFileSync(path, 'utf8')));
    expect(network.layers.map(({ name }) => name)).toEqual(['0', '1', '2', '3']);
  });

  it('takes for the same network one that says what it would be without', () => {
    const plain = parseNetworkSpec(custom);
    expect(parseNetworkSpec(withLayer(0, { dilation: 1, groups: 1 }))).toEqual(plain);
    expect(parseNetworkSpec(withLayer(0, { dilation: 2 })).layers[0]).toMatchObject({ dilation: 2 });
  });

  it('accepts blocks as deep as allowed', () => {
    // A Conv2d is the deepest layer: its initialisation is an object of its own.
    const [conv = relu] = custom.layers;
    const layers = [nested(networkLimits.depth, { ...conv, name: 'deep' }), ...custom.layers];
    expect(parseNetworkSpec({ ...custom, layers }).layers).toHaveLength(layers.length);
  });

  it.each<[string, unknown, string]>([
    ['nothing', null, 'network'],
    ['text', 'lenet', 'network'],
    ['no layers', { ...custom, layers: [] }, 'layers'],
    ['an unknown kind', withLayer(1, { kind: 'NoSuchLayer' }), 'layers.1.kind'],
    ['a fraction', withLayer(0, { outChannels: 6.5 }), 'layers.0.outChannels'],
    ['a number as text', withLayer(0, { kernelSize: '5' }), 'layers.0.kernelSize'],
    ['taps on each other', withLayer(0, { dilation: 0 }), 'layers.0.dilation'],
    ['not a number', withLayer(0, { padding: NaN }), 'layers.0.padding'],
    ['too many channels', withLayer(0, { outChannels: 1e9 }), 'layers.0.outChannels'],
    ['a property that is not ours', withLayer(1, { inplace: true }), 'layers.1.inplace'],
    ['a missing property', withLayer(0, { init: undefined }), 'layers.0.init'],
    ['an unknown initialisation', withLayer(0, { init: { kind: 'xavier' } }), 'layers.0.init.kind'],
    ['a doubled name', withLayer(4, { name: 'conv1.0' }), '"conv1.0"'],
    ['a name that is no path', withLayer(4, { name: '<script>' }), '<script>'],
    ['a name that PyTorch refuses', withLayer(4, { name: 'forward' }), 'forward'],
    ['the id of another network', { ...custom, id: 'mynn' }, 'Mynn'],
    ['a stateOrder that misses layers', { ...custom, stateOrder: ['conv1.0'] }, 'stateOrder'],
    [
      'a stateOrder that names one twice',
      { ...smallResnet, id: 'x', stateOrder: smallResnet.stateOrder?.with(0, 'conv2') },
      'stateOrder',
    ],
    ['blocks that are too deep', { ...custom, layers: [nested(networkLimits.depth + 1)] }, 'nested'],
    ['blocks that would exhaust the stack', { ...custom, layers: [nested(10_000)] }, 'nested'],
    [
      'far too many layers',
      { ...custom, layers: Array.from({ length: 100_000 }, () => custom.layers[1]) },
      'layers',
    ],
  ])('refuses %s, and says where', (_, value, place) => {
    expect(() => parseNetworkSpec(value)).toThrow(NetworkSpecError);
    expect(() => parseNetworkSpec(value)).toThrow(place);
  });
});
