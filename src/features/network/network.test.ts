import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { resnet18, vgg16 } from '@/model/architectures';
import { networkGraph } from '@/model/graph';
import { layerKinds } from '@/model/layers';
import { checkNetwork } from '@/model/networkCheck';
import { defaultInput } from '@/model/presets';
import { inputShape } from '@/model/shapes';
import { standardNetworks } from '@/model/standardNetworks';
import { layoutDiagram } from '@/panels/network/diagram/diagramLayout';
import { parsePathKey } from '@/features/network/layerDrag';
import { foldStages, stagesOf } from '@/panels/network/diagram/stages';
import { fixAll, templateIds, templateNetwork } from '@/features/network/templates';

const image = [1, 28, 28];
const graphOf = (network: typeof vgg16) => networkGraph(network, inputShape(defaultInput(network.id)), true);

describe('folding a diagram', () => {
  it('splits VGG-16 after its poolings and ResNet-18 by its layers', () => {
    const names = (network: typeof vgg16): string[] =>
      stagesOf(network, graphOf(network)).map(({ module, part }) => `${module} ${part ?? ''}`.trim());
    expect(names(vgg16)).toEqual([
      'features 1',
      'features 2',
      'features 3',
      'features 4',
      'features 5',
      'classifier',
    ]);
    expect(names(resnet18)).toEqual(['layer1', 'layer2', 'layer3', 'layer4']);
  });

  it.each(standardNetworks.map((network) => [network.id, network] as const))(
    '%s: loses no parameter, and every edge has its ends, folded or not',
    (_id, network) => {
      const graph = graphOf(network);
      const stages = stagesOf(network, graph);
      const total = graph.nodes.reduce((sum, node) => sum + node.parameters, 0);
      for (const folded of [new Set<string>(), new Set(stages.map(({ id }) => id))]) {
        const { items, edges, rows } = foldStages(graph, stages, folded);
        const shown = items.flatMap((item) =>
          item.kind === 'node' ? [item.node] : item.isFolded ? item.nodes : [],
        );
        expect(shown.reduce((sum, node) => sum + node.parameters, 0)).toBe(total);
        const ids = new Set(items.map(({ id }) => id));
        for (const { from, to } of edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
        expect(new Set(items.map(({ row, column }) => `${row} ${column}`)).size).toBe(items.length);
        expect(Math.max(...items.map(({ row }) => row))).toBe(rows - 1);
      }
    },
  );

  it('keeps the shortcuts of an unfolded stage, and none of a folded one', () => {
    const graph = graphOf(resnet18);
    const stages = stagesOf(resnet18, graph);
    const shortcuts = (unfolded: string[]): number => {
      const folded = stages.map(({ id }) => id).filter((id) => !unfolded.includes(id));
      return foldStages(graph, stages, new Set(folded)).edges.filter(({ kind }) => kind === 'shortcut')
        .length;
    };
    expect(shortcuts([])).toBe(0);
    // A projection has a way in and a way out, an identity is one line.
    expect(shortcuts(['layer2.0'])).toBe(3);
    expect(shortcuts(['layer1.0'])).toBe(2);
  });

  it.each([320, 480])('places the boxes of ResNet-18 apart within %i pixels', (width) => {
    const graph = graphOf(resnet18);
    const { items, height } = layoutDiagram(foldStages(graph, [], new Set()), width);
    for (const [i, a] of items.entries()) {
      expect(a.x + a.width).toBeLessThanOrEqual(width + 0.01);
      expect(a.y + a.height).toBeLessThanOrEqual(height);
      for (const b of items.slice(i + 1)) {
        const isApart =
          a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(isApart).toBe(true);
      }
    }
  });
});

describe('templates', () => {
  it.each(templateIds)('%s fits and ends in ten values', (id) => {
    const network = templateNetwork(id, id, image);
    expect(checkNetwork(network.layers, image).isValid).toBe(true);
  });

  it('fixes a network made for larger images', () => {
    expect(checkNetwork(fixAll(vgg16.layers, [1, 64, 64]), [1, 64, 64]).isValid).toBe(true);
    const cut = vgg16.layers.filter(({ kind }) => kind !== 'Flatten' && kind !== 'MaxPool2d');
    expect(checkNetwork(cut, image).isValid).toBe(false);
    expect(checkNetwork(fixAll(cut, image), image).isValid).toBe(true);
  });
});

describe('parsePathKey', () => {
  it('reads what a drag carries and nothing else', () => {
    expect(parsePathKey('3.body.0.shortcut.12')).toEqual({
      container: [
        { index: 3, part: 'body' },
        { index: 0, part: 'shortcut' },
      ],
      index: 12,
    });
    for (const key of ['', 'x', '3.body', '3.head.1', undefined, 3]) expect(parsePathKey(key)).toBeNull();
  });
});

test.each(['./build', '../../panels/network/diagram/diagram', './table', '../inspect/layers/layers'])(
  '%s.module.css styles groups of layers, not a list of kinds',
  (name) => {
    const css = readFileSync(new URL(`${name}.module.css`, import.meta.url), 'utf8');
    const kinds = [...css.matchAll(/data-kind='(\w+)'/g)].map(([, kind]) => kind);
    // Both kinds with weights have a colour of their own.
    expect(kinds.filter((kind) => kind !== 'Linear' && layerKinds.some((known) => known === kind))).toEqual(
      [],
    );
  },
);
