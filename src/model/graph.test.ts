import { describe, expect, it } from 'vitest';
import { resnet18, smallResnet, vgg16 } from '@/model/architectures';
import { networkGraph, type NetworkGraph } from '@/model/graph';
import { flattenLayers, type LayerSpec, type NetworkSpec } from '@/model/layers';
import { defaultInput } from '@/model/presets';
import { inputShape } from '@/model/shapes';
import { standardNetworks } from '@/model/standardNetworks';

const graphOf = (network: NetworkSpec, isGrouped: boolean): NetworkGraph =>
  networkGraph(network, inputShape(defaultInput(network.id)), isGrouped);

const parameterCounts: Record<string, number> = {
  lenet: 61_706,
  mynn: 21_840,
  resnet: 41_514,
  resnet18: 11_175_370,
  vgg2: 1_899_850,
  vgg16: 134_300_362,
  fast_cnn: 30_322,
  pytorch_mnist: 1_199_882,
  lenet_1998: 61_706,
  mlp_512: 407_050,
  mobilenet_small: 18_826,
  five_minute_cnn: 38_698,
};

describe.each(standardNetworks.map((network) => [network.id, network] as const))(
  'the diagram of %s',
  (id, network) => {
    it.each([false, true])('has every layer once and every parameter, grouped: %s', (isGrouped) => {
      const { nodes } = graphOf(network, isGrouped);
      const drawn = nodes.flatMap((node) => node.layers.map((layer) => layer.name)).sort();
      expect(drawn).toEqual(
        flattenLayers(network.layers)
          .map((layer) => layer.name)
          .sort(),
      );
      expect(nodes.reduce((sum, node) => sum + node.parameters, 0)).toBe(parameterCounts[id]);
    });

    it.each([false, true])('puts nodes apart and edges downwards, grouped: %s', (isGrouped) => {
      const { nodes, edges, rows, columns } = graphOf(network, isGrouped);
      const byId = new Map(nodes.map((node) => [node.id, node]));
      expect(byId.size).toBe(nodes.length);
      expect(new Set(nodes.map((node) => `${node.row},${node.column}`)).size).toBe(nodes.length);
      for (const node of nodes) {
        expect(node.row).toBeLessThan(rows);
        expect(node.column).toBeLessThan(columns);
      }
      for (const { from, to, lane } of edges) {
        expect(byId.get(to)?.row ?? NaN).toBeGreaterThan(byId.get(from)?.row ?? NaN);
        expect(lane).toBeLessThan(columns);
      }
      // Everything but the input is fed, an addition twice.
      for (const node of nodes) {
        const expected = node.kind === 'Input' ? 0 : node.kind === 'Add' ? 2 : 1;
        expect(edges.filter((edge) => edge.to === node.id)).toHaveLength(expected);
      }
    });
  },
);

describe('networkGraph', () => {
  it('groups what belongs together', () => {
    const { nodes } = graphOf(resnet18, true);
    const first = nodes.find((node) => node.id === 'layer:layer1.0.conv1');
    expect(first?.layers.map((layer) => layer.kind)).toEqual(['Conv2d', 'BatchNorm2d', 'ReLU']);
    const add = nodes.find((node) => node.id === 'layer:layer1.0');
    expect(add).toMatchObject({ kind: 'Add', output: [64, 7, 7] });
    expect(add?.layers.map((layer) => layer.kind)).toEqual(['Residual', 'ReLU']);
    expect(graphOf(vgg16, true).nodes.length).toBeLessThanOrEqual(25);
    expect(nodes.length).toBeLessThanOrEqual(35);
  });

  it('draws a projection beside its body and leaves a lane for an identity', () => {
    const { nodes, edges } = graphOf(resnet18, true);
    const at = (id: string): unknown => nodes.find((node) => node.id === `layer:${id}`);
    const block = at('layer2.0.conv1') as { readonly row: number };
    expect(at('layer2.0.downsample.0')).toMatchObject({ row: block.row, column: 1 });
    expect(edges.filter((edge) => edge.to === 'layer:layer2.0')).toEqual([
      { from: 'layer:layer2.0.conv2', to: 'layer:layer2.0', kind: 'forward', lane: 0 },
      { from: 'layer:layer2.0.downsample.0', to: 'layer:layer2.0', kind: 'shortcut', lane: 1 },
    ]);
    const small = graphOf(smallResnet, true);
    expect(small.edges).toContainEqual({
      from: 'layer:pool1',
      to: 'layer:res_block_1',
      kind: 'shortcut',
      lane: 1,
    });
    expect(small.columns).toBe(2);
  });

  it('gives nested blocks columns of their own', () => {
    const conv = (name: string): LayerSpec => ({
      kind: 'Conv2d',
      name,
      inChannels: 1,
      outChannels: 1,
      kernelSize: 1,
      stride: 1,
      padding: 0,
      bias: true,
      init: { kind: 'default' },
    });
    const inner: LayerSpec = {
      kind: 'Residual',
      name: 'a.b',
      body: [conv('a.b.c')],
      shortcut: [conv('a.b.d')],
    };
    const longer = ['a.e', 'a.f', 'a.g'].map(conv);
    const outer: LayerSpec = { kind: 'Residual', name: 'a', body: [inner], shortcut: longer };
    const head: LayerSpec[] = [
      { kind: 'Flatten', name: 'flatten' },
      { kind: 'Linear', name: 'fc', inFeatures: 784, outFeatures: 10, bias: true, init: { kind: 'default' } },
    ];
    const graph = networkGraph({ ...smallResnet, layers: [outer, ...head] }, [1, 28, 28], true);
    const columns = new Map(graph.nodes.map((node) => [node.name, node.column]));
    expect([columns.get('a.b.c'), columns.get('a.b.d'), columns.get('a.e')]).toEqual([0, 1, 2]);
    expect(graph.columns).toBe(3);
    // The shortcut is longer than the body: the addition stands below both.
    const row = (name: string): number => graph.nodes.find((node) => node.name === name)?.row ?? NaN;
    expect(row('a')).toBe(row('a.g') + 1);
  });
});
