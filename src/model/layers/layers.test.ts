// Every kind of the registry: what its definition says fits together.
import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { layerCost } from '@/model/cost';
import { defaultLayer } from '@/model/edit';
import {
  activationDefinitions,
  activationKinds,
  definitionOf,
  flattenLayers,
  layerDefinitions,
  layerKinds,
  layersSchema,
  type LayerKind,
  type LayerSpec,
  shortestForm,
} from '@/model/layers';
import { layerGroups } from '@/model/layers/definition';
import { sequencePass } from '@/model/reference';
import { ShapeError, type Shape } from '@/model/shape';
import { outputShape } from '@/model/shapes';
import { layerEntries } from '@/model/stateDict';
import { sizeOf } from '@/model/tensor';

/** What a layer of this kind takes: an image, or a row of values where it takes no image. */
function inputOf(kind: LayerKind): Shape {
  const image = [3, 5, 4];
  try {
    outputShape(defaultLayer(kind, image), image);
    return image;
  } catch (error) {
    if (error instanceof ShapeError && error.code === 'needs_vector') return [60];
    throw error;
  }
}
const accepts = (layer: unknown): boolean => v.safeParse(layersSchema, [layer]).success;

it('is in the order of the groups, as the menu shows it', () => {
  const places = layerKinds.map((kind) => layerGroups.indexOf(layerDefinitions[kind].group));
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

describe.each(activationKinds)('the course of %s', (kind) => {
  const activation: LayerSpec = defaultLayer(kind, null);
  const { course } = activationDefinitions[kind];
  // By steps of 1 / 64, which are exact.
  const data = Float64Array.from({ length: 40 * 64 + 1 }, (_, i) => i / 64 - 20);
  const { y } = sequencePass([activation], { shape: [data.length], data }, new Map(), () => true);
  const rises = Array.from(y.data, (value, i) => value >= (y.data[i - 1] ?? -Infinity));

  it('is what engines rely on', () => {
    if (course === 'rising') {
      expect(rises).not.toContain(false);
      return;
    }
    // assembly/valleyPool.ts leaves out what lies right of -0.75.
    const turn = rises.lastIndexOf(false);
    expect(data[turn]).toBeLessThanOrEqual(-0.75);
    // Below -7 steps are no larger than the rounding of 1, from which the reference takes tails.
    const left = rises.slice(data.indexOf(-7) + 1, turn);
    expect(left).not.toContain(true);
    expect(y.data[data.indexOf(0)]).toBeCloseTo(0, 15);
    expect(Math.max(...y.data.slice(data.indexOf(-7), data.indexOf(0)))).toBeLessThanOrEqual(0);
  });
});

describe.each(layerKinds)('%s', (kind) => {
  const input = inputOf(kind);
  const layer: LayerSpec = defaultLayer(kind, input);
  const { fields, switches, detail } = definitionOf(layer);

  it('makes layers that its schema takes, and no others', () => {
    expect(accepts(layer)).toBe(true);
    expect(layer.kind).toBe(kind);
    expect(accepts({ ...layer, other: 1 })).toBe(false);
    expect(accepts({ ...layer, name: '' })).toBe(false);
  });

  it('has fields whose ranges are those of the schema, and switches that are one', () => {
    for (const { key, min, max, kind: number } of fields) {
      const takes = (value: number): boolean => accepts({ ...layer, [key]: value });
      expect([takes(min), takes(max), takes(min - 1), takes(max + 1)]).toEqual([true, true, false, false]);
      expect(takes((min + max) / 2 + 0.25), key).toBe(number === 'number');
    }
    for (const key of switches) {
      expect(accepts({ ...layer, [key]: true }) && accepts({ ...layer, [key]: false })).toBe(true);
      expect(accepts({ ...layer, [key]: 1 })).toBe(false);
    }
    const numbers = Object.entries(layer).filter(([, value]) => typeof value === 'number');
    const present = fields.filter(({ usual }) => usual === undefined);
    expect(present.map(({ key }) => key).sort()).toEqual(numbers.map(([key]) => key).sort());
  });

  it('leaves out of its shortest form what it would be without', () => {
    const usual = fields.flatMap((field) => (field.usual === undefined ? [] : [[field.key, field.usual]]));
    const said = { ...layer, ...Object.fromEntries(usual) };
    expect(shortestForm(said)).toEqual(layer);
    expect(outputShape(said, input)).toEqual(outputShape(layer, input));
  });

  it('gives the shape that its reference has, and costs that are numbers', () => {
    const output = outputShape(layer, input);
    const weights = new Map(
      flattenLayers([layer])
        .flatMap(layerEntries)
        .map(({ key, shape }) => [key, new Float64Array(sizeOf(shape)).fill(0.1)]),
    );
    const x = { shape: [2, ...input], data: new Float64Array(2 * sizeOf(input)).map((_, i) => i % 7) };
    const { y, backward } = sequencePass([layer], x, weights, () => true);
    expect([y.shape, y.data.length]).toEqual([[2, ...output], 2 * sizeOf(output)]);
    const gradients = new Map<string, Float64Array>();
    expect(backward(y.data, gradients)).toHaveLength(x.data.length);
    const learned = flattenLayers([layer])
      .flatMap(layerEntries)
      .filter(({ role }) => role === 'parameter');
    expect([...gradients.keys()].sort()).toEqual(learned.map(({ key }) => key).sort());
    const { parameters, flops, activationBytes } = layerCost(layer, input, output);
    expect(Math.min(parameters, flops, activationBytes)).toBeGreaterThanOrEqual(0);
    expect(JSON.stringify(detail(layer))).not.toContain('undefined');
  });
});
