import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lenet, mynn, smallResnet } from '@/model/architectures';
import {
  changeLayer,
  defaultLayer,
  duplicateLayer,
  insertLayer,
  layerAt,
  moveLayer,
  pathKey,
  removeLayer,
  renameLayer,
  topLevel,
  withLayers,
  type LayerPath,
} from '@/model/edit';
import { nameProblems } from '@/model/layerNames';
import { flattenLayers, layerKinds, type LayerKind, type LayerSpec } from '@/model/layers';
import { applyFix, checkNetwork } from '@/model/networkCheck';
import { parseNetworkSpec } from '@/model/networkSchema';
import { ShapeError } from '@/model/shape';
import { inferShapes, outputShape } from '@/model/shapes';
import { stateEntries } from '@/model/stateDict';
import { standardNetworks } from '@/model/standardNetworks';

const image = [1, 28, 28];
const names = (layers: readonly LayerSpec[]): string[] => flattenLayers(layers).map((layer) => layer.name);
const inside = (index: number, part: 'body' | 'shortcut', at: number): LayerPath => ({
  container: [{ index, part }],
  index: at,
});

/** Every place of a layer, and every place behind the last of a list. */
function places(layers: readonly LayerSpec[], container: LayerPath['container'] = []): LayerPath[] {
  const here = Array.from({ length: layers.length + 1 }, (_, index) => ({ container, index }));
  const within = layers.flatMap((layer, index) =>
    layer.kind === 'Residual'
      ? [
          ...places(layer.body, [...container, { index, part: 'body' }]),
          ...places(layer.shortcut, [...container, { index, part: 'shortcut' }]),
        ]
      : [],
  );
  return [...here, ...within];
}

interface Edit {
  readonly kind: 'insert' | 'remove' | 'move' | 'duplicate';
  readonly layer: LayerKind;
  readonly at: number;
  readonly to: number;
}
const anyEdit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom('insert', 'remove', 'move', 'duplicate'),
  layer: fc.constantFrom(...layerKinds),
  at: fc.nat(),
  to: fc.nat(),
});

function pick<Item>(list: readonly Item[], n: number): Item {
  const item = list[n % list.length];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

function apply(layers: readonly LayerSpec[], edit: Edit): readonly LayerSpec[] {
  const all = places(layers);
  const occupied = checkNetwork(layers, image).layers.map((check) => check.path);
  if (edit.kind === 'insert' || occupied.length === 0) {
    return insertLayer(layers, pick(all, edit.at), defaultLayer(edit.layer, image));
  }
  const path = pick(occupied, edit.at);
  if (edit.kind === 'remove') return removeLayer(layers, path);
  if (edit.kind === 'duplicate') return duplicateLayer(layers, path);
  const to = pick(all, edit.to);
  const isIntoItself = pathKey(to).startsWith(`${pathKey(path)}.`);
  if (isIntoItself) expect(() => moveLayer(layers, path, to)).toThrow(RangeError);
  return isIntoItself ? layers : moveLayer(layers, path, to);
}

const anyEdited = fc
  .tuple(fc.constantFrom(...standardNetworks), fc.array(anyEdit, { maxLength: 12 }))
  .map(([network, edits]) => edits.reduce(apply, network.layers));

describe('after any edits', () => {
  it('names are unique and make distinct state_dict keys', () => {
    fc.assert(
      fc.property(anyEdited, (layers) => {
        expect(nameProblems(layers)).toEqual([]);
        const keys = stateEntries({ ...mynn, layers }).map((entry) => entry.key);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  it('moving keeps every layer, and puts it before what it was dropped on', () => {
    fc.assert(
      fc.property(anyEdited, fc.nat(), fc.nat(), (layers, at, to) => {
        fc.pre(layers.length > 0);
        const occupied = checkNetwork(layers, image).layers;
        const { path, layer } = pick(occupied, at);
        const target = pick(occupied, to);
        const isOntoItself = `${pathKey(target.path)}.`.startsWith(`${pathKey(path)}.`);
        fc.pre(!isOntoItself);
        const moved = checkNetwork(moveLayer(layers, path, target.path), image).layers;
        expect(moved.length).toBe(occupied.length);
        // A target inside the same list or another keeps its name, so it is found by it.
        const found = moved.find((check) => check.layer.name === target.layer.name)?.path ?? topLevel(0);
        const before = moved.find(
          (check) => pathKey(check.path) === pathKey({ ...found, index: found.index - 1 }),
        );
        expect(before?.layer.kind).toBe(layer.kind);
        expect(before === undefined ? [] : flattenLayers([before.layer]).length).toBe(
          flattenLayers([layer]).length,
        );
      }),
    );
  });

  it('checkNetwork agrees with inferShapes, and its first problem is the same', () => {
    fc.assert(
      fc.property(anyEdited, (layers) => {
        const check = checkNetwork(layers, image);
        try {
          const shapes = inferShapes({ ...mynn, layers }, image);
          expect(check.isValid).toBe(true);
          expect(check.layers.map(({ output }) => output)).toEqual(shapes.map(({ output }) => output));
        } catch (error) {
          if (!(error instanceof ShapeError)) throw error;
          const first = check.layers.find(({ problem }) => problem !== null);
          expect(first?.problem ?? check.outputProblem).toMatchObject({
            code: error.code,
            details: error.details,
          });
          expect(check.isValid).toBe(false);
        }
      }),
    );
  });

  it('taking every suggestion ends in a network that trains, or at a problem without one', () => {
    let fixedToTheEnd = 0;
    fc.assert(
      fc.property(anyEdited, (edited) => {
        let layers = edited;
        for (let turn = 0; turn < 100; turn += 1) {
          const check = checkNetwork(layers, image);
          if (check.isValid) {
            expect(() => inferShapes({ ...mynn, layers }, image)).not.toThrow();
            fixedToTheEnd += 1;
            return;
          }
          const first = check.layers.find(({ problem }) => problem !== null)?.problem ?? check.outputProblem;
          if (first === undefined || first === null) throw new Error('invalid without a problem');
          if (first.fix === null) return;
          layers = applyFix(layers, first.fix);
        }
        throw new Error('the suggestions do not come to an end');
      }),
    );
    expect(fixedToTheEnd).toBeGreaterThan(50);
  });

  it('a network survives JSON and the schema', () => {
    fc.assert(
      fc.property(anyEdited, (layers) => {
        fc.pre(layers.length > 0);
        const network = withLayers(mynn, layers);
        expect(parseNetworkSpec(JSON.parse(JSON.stringify(network)))).toEqual(network);
      }),
    );
  });
});

describe('single edits', () => {
  it('name new layers as PyTorch people do', () => {
    const conv = defaultLayer('Conv2d', image);
    expect(names(insertLayer(mynn.layers, topLevel(0), conv))[0]).toBe('conv3');
    // conv1 holds others in LeNet, so the free name starts behind conv1 and conv2.
    expect(names(insertLayer(lenet.layers, topLevel(0), conv))[0]).toBe('conv3');
    const block = insertLayer([], topLevel(0), defaultLayer('Residual', [16, 8, 8]));
    expect(names(block)).toEqual(['block1.conv1', 'block1.relu1', 'block1.conv2', 'block1']);
    const twice = duplicateLayer(block, topLevel(0));
    expect(twice.map((layer) => layer.name)).toEqual(['block1', 'block2']);
    expect(names(twice)).toContain('block2.conv2');
  });

  it('move to both sides and out of a block', () => {
    const at = (layers: readonly LayerSpec[], index: number): string | undefined => layers[index]?.name;
    expect(at(moveLayer(mynn.layers, topLevel(0), topLevel(3)), 2)).toBe('conv1');
    expect(at(moveLayer(mynn.layers, topLevel(5), topLevel(1)), 1)).toBe('pool2');
    const out = moveLayer(smallResnet.layers, inside(3, 'body', 1), topLevel(0));
    expect(at(out, 0)).toBe('relu3');
    expect(() => layerAt(out, inside(4, 'body', 2))).toThrow('4.body.2');
    const forth = moveLayer(smallResnet.layers, topLevel(0), inside(3, 'shortcut', 0));
    expect(layerAt(forth, inside(2, 'shortcut', 0)).name).toBe('res_block_1.conv3');
  });

  it('rename a block with its insides', () => {
    const renamed = renameLayer(smallResnet.layers, topLevel(3), 'first');
    expect(names(renamed)).toContain('first.conv2');
    // The ReLU after the block is not inside it.
    expect(names(renamed)).toContain('res_block_1.relu2');
  });

  it('leave the original untouched', () => {
    const before = JSON.stringify(smallResnet);
    changeLayer(smallResnet.layers, inside(3, 'body', 0), (layer) => ({ ...layer, padding: 0 }));
    removeLayer(smallResnet.layers, topLevel(0));
    expect(JSON.stringify(smallResnet)).toBe(before);
  });

  it('keep PyTorch’s order only while it fits', () => {
    const same = smallResnet.layers.filter((layer) => layer.kind !== 'MaxPool2d');
    expect(withLayers(smallResnet, same)).toMatchObject({ id: 'custom', stateOrder: smallResnet.stateOrder });
    expect(withLayers(smallResnet, smallResnet.layers.slice(1))).not.toHaveProperty('stateOrder');
  });
});

describe('defaultLayer', () => {
  const problemBehind = (kind: LayerKind, input: readonly number[]): string | null => {
    try {
      outputShape(defaultLayer(kind, input), input);
      return null;
    } catch (error) {
      return error instanceof ShapeError ? error.code : String(error);
    }
  };
  const needsImage = (kind: LayerKind): boolean => problemBehind(kind, [100]) === 'needs_image';
  const needsVector = (kind: LayerKind): boolean => problemBehind(kind, [16, 12, 12]) === 'needs_vector';

  it.each(layerKinds)('%s fits behind an image, and behind a vector where it can', (kind) => {
    const behind = (input: readonly number[]): number[] => [...outputShape(defaultLayer(kind, input), input)];
    if (needsVector(kind)) expect(() => behind([16, 12, 12])).toThrow('Flatten');
    else expect(behind([16, 12, 12])).not.toContain(0);
    if (!needsImage(kind)) expect(behind([100]).length).toBe(1);
  });
});
