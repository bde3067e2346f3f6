/** Residual: output = body(x) + shortcut(x); an empty shortcut is the identity. The one kind that holds others. */
import * as v from 'valibot';
import { conv2d, type Conv2d } from '@/model/layers/conv2d';
import type { AnyLayer, LayerDefinition, LayerSchema } from '@/model/layers/definition';
import { nameSchema } from '@/model/layers/fields';
import { linear, type Linear } from '@/model/layers/linear';
import { valueAt } from '@/model/layers/reference';
import { relu, type ReLU } from '@/model/layers/relu';
import { ShapeError } from '@/model/shape';
import { sizeOf } from '@/model/tensor';
import { unionOf } from '@/model/layers/region';

/** `Inner`: what its lists hold, which are all kinds, this one included, so that only index.ts can say. */
export interface ResidualOf<Inner extends AnyLayer> {
  readonly kind: 'Residual';
  readonly name: string;
  readonly body: readonly Inner[];
  readonly shortcut: readonly Inner[];
}

/** `layers`: what its lists may hold. */
export function residualSchema<Inner extends AnyLayer>(
  layers: v.GenericSchema<unknown, Inner[]>,
): LayerSchema<ResidualOf<Inner>> {
  return v.strictObject({ kind: v.literal('Residual'), name: nameSchema, body: layers, shortcut: layers });
}

type Block = ResidualOf<Conv2d | Linear | ReLU>;

/** Everything but the schema. It never looks into its lists: readers hand it what they give. */
export const residual: Omit<LayerDefinition<ResidualOf<AnyLayer>>, 'schema' | 'create'> & {
  readonly create: (...given: Parameters<LayerDefinition<Block>['create']>) => Block;
} = {
  group: 'block',
  stem: 'block',
  fields: [],
  switches: [],
  /** Two layers that keep the shape, as the report's own residual block. */
  create: (name, input) => {
    const keepingShape = (number: number): Conv2d | Linear => {
      if (input?.length === 1) {
        const layer = linear.create(`${name}.fc${number}`, input);
        return { ...layer, outFeatures: layer.inFeatures };
      }
      const layer = conv2d.create(`${name}.conv${number}`, input);
      return { ...layer, outChannels: layer.inChannels };
    };
    const body = [keepingShape(1), relu.create(`${name}.relu1`, input), keepingShape(2)];
    return { kind: 'Residual', name, body, shortcut: [] };
  },
  outputShape: (layer, _, { body, shortcut }) => {
    if (body.join() !== shortcut.join()) {
      throw new ShapeError(
        'residual_mismatch',
        layer.name,
        `Residual ${layer.name} adds its body, ${body.join('x')}, to its shortcut, ${shortcut.join('x')}: the shapes must be equal.`,
        { kind: layer.kind, body: body.join('x'), shortcut: shortcut.join('x') },
      );
    }
    return body;
  },
  reads: (_, output, __, { body, shortcut }) => unionOf(body(output), shortcut(output)),
  state: () => [],
  flops: (_, __, output) => sizeOf(output),
  isView: false,
  seesBatch: false,
  detail: () => [],
  reference: (_, x, __, parts) => {
    const body = parts.body(x);
    const shortcut = parts.shortcut(x);
    return {
      y: { shape: body.y.shape, data: body.y.data.map((value, i) => value + valueAt(shortcut.y.data, i)) },
      backward: (dy, gradients) => {
        const throughShortcut = shortcut.backward(dy, gradients);
        return body.backward(dy, gradients).map((g, i) => g + valueAt(throughShortcut, i));
      },
    };
  },
};
