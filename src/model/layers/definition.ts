/**
 * What a kind of layer is, apart from how engines compute it. Each kind has one file here; index.ts gathers them, and all
 * readers (shapes, costs, state_dict, editor, schema, diagram, tests) ask there.
 */
import type * as v from 'valibot';
import type { NumberRange } from '@/model/numberRange';
import type { Pass, ReferenceContext, Tensor64 } from '@/model/layers/reference';
import type { Region } from '@/model/layers/region';
import type { Shape } from '@/model/shape';
import type { WeightInit } from '@/model/initialisations';

/**
 * `kind` is the class's name in torch.nn and the other properties are its constructor's arguments in camelCase, `init` aside.
 * Only Residual is none of PyTorch's.
 */
export interface AnyLayer {
  readonly kind: string;
  /** PyTorch's module path, such as `features.0`; unique in a network. Functional layers have a name too, for diagrams and messages. */
  readonly name: string;
}

/** Sorts of layers, in the order of the editor's menu. */
export const layerGroups = [
  'weights',
  'activation',
  'pooling',
  'normalization',
  'dropout',
  'shape',
  'block',
] as const;
export type LayerGroup = (typeof layerGroups)[number];

/** A number that the editor sets, and what it may be. */
export interface LayerField<Key extends string = string> extends NumberRange {
  readonly key: Key;
  /** It must equal what the layer before gives, so the editor can fill it in. */
  readonly isDerived: boolean;
  /** PyTorch's default, which a layer without the number has: networks from before it stay as they are, and links short. */
  readonly usual?: number;
  /** What it may be instead of a number, as PyTorch calls it. */
  readonly word?: 'same';
}

/** A number out of its range, or one that divides what it may not leave a rest of. */
export interface ParameterProblem {
  readonly field: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly isInteger: boolean;
  /** What it must divide, where that is what is wrong; `max` is then the nearest number below that does. */
  readonly divided?: number;
}

/** Random starting values, as the layer's `init` says; fans as torch.nn.init._calculate_fan_in_and_fan_out counts them. */
export interface Draw {
  readonly init: WeightInit;
  readonly fanIn: number;
  readonly fanOut: number;
}

export interface StateTensor {
  /** What follows the layer's name in the state_dict: `weight`, `running_mean`. */
  readonly suffix: string;
  /** PyTorch's layout: convolution OIHW, Linear [out, in]. */
  readonly shape: readonly number[];
  readonly dtype: 'F32' | 'I64';
  /** A buffer is part of the state but gets no gradient. */
  readonly role: 'parameter' | 'buffer';
  readonly start: 'zeros' | 'ones' | Draw;
}

/** What a kind that holds others has of each of its lists; of every other kind, what an empty list has. */
export interface Parts<Result> {
  readonly body: Result;
  readonly shortcut: Result;
}

/** A piece of a layer's short description; a number with a name is worded by the page. */
export type DetailPart =
  | string
  | { readonly key: 'stride' | 'padding' | 'dilation' | 'groups'; readonly value: number | 'same' };

/** A schema of one kind, as v.variant takes it. */
export type LayerSchema<Layer> = v.GenericSchema<unknown, Layer> &
  v.StrictObjectSchema<v.ObjectEntries & { readonly kind: v.GenericSchema }, undefined>;

export interface LayerDefinition<Layer extends AnyLayer> {
  /** What a layer from outside (links, files) must be. */
  readonly schema: LayerSchema<Layer>;
  readonly group: LayerGroup;
  /** First part of a new layer's name. */
  readonly stem: string;
  /** Its numbers, in PyTorch's order. */
  readonly fields: readonly LayerField<keyof Layer & string>[];
  /** Its yes and no. */
  readonly switches: readonly (keyof Layer & string)[];
  /** Those that a layer which does not mention them has off: see LayerField.usual. */
  readonly switchesOff?: readonly (keyof Layer & string)[];
  /** What is wrong with its numbers together, where each is in its range. */
  readonly parameterProblem?: (layer: Layer) => ParameterProblem | null;
  /** A layer that fits behind `input`, with usual sizes; null for an unknown input. */
  readonly create: (name: string, input: Shape | null) => Layer;
  /**
   * Shape that it gives for one image of shape `input`; `parts`: what its lists give.
   * @throws ShapeError naming the layer, what it expects and what it got.
   */
  readonly outputShape: (layer: Layer, input: Shape, parts: Parts<Shape>) => Shape;
  /**
   * Which places of its input, of shape `input`, a region of its output is computed from in evaluation mode, channels aside: the
   * smallest region with all of them. `parts`: the same for its lists.
   */
  readonly reads: (
    layer: Layer,
    output: Region,
    input: Shape,
    parts: Parts<(output: Region) => Region>,
  ) => Region;
  /** Its entries in PyTorch's state_dict, in order; those of layers inside are their own. */
  readonly state: (layer: Layer) => readonly StateTensor[];
  /** Forward operations for one image in evaluation mode; a multiplication with its addition is 2. */
  readonly flops: (layer: Layer, input: Shape, output: Shape) => number;
  /** Its output is its input's memory. */
  readonly isView: boolean;
  /** In training an image's values depend on the other images of the batch. */
  readonly seesBatch: boolean;
  /** What it does to its input, such as `5×5`, `1→10`, `stride 2`; empty where the kind says it all. */
  readonly detail: (layer: Layer) => readonly DetailPart[];
  /** Forward and backward in training, by definition and in float64: the oracle of the engines' tests. `parts`: its lists. */
  readonly reference: (
    layer: Layer,
    x: Tensor64,
    context: ReferenceContext,
    parts: Parts<(x: Tensor64) => Pass>,
  ) => Pass;
}
