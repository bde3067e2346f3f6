/**
 * The registry of layer kinds: a network is data, a list of LayerSpec, and whatever reads networks asks here what a kind is.
 * A new kind is a file beside this one and a line below; CONTRIBUTING.md walks through it.
 */
import * as v from 'valibot';
import { adaptiveAvgPool2d } from '@/model/layers/adaptiveAvgPool2d';
import { avgPool2d } from '@/model/layers/avgPool2d';
import { batchNorm1d } from '@/model/layers/batchNorm1d';
import { batchNorm2d } from '@/model/layers/batchNorm2d';
import { conv2d } from '@/model/layers/conv2d';
import type { LayerDefinition, Parts } from '@/model/layers/definition';
import { dropout } from '@/model/layers/dropout';
import { dropout2d } from '@/model/layers/dropout2d';
import type { ActivationDefinition } from '@/model/layers/elementwise';
import { flatten } from '@/model/layers/flatten';
import { sigmoid } from '@/model/layers/sigmoid';
import { leakyRelu } from '@/model/layers/leakyRelu';
import { gelu } from '@/model/layers/gelu';
import { silu } from '@/model/layers/silu';
import { groupNorm } from '@/model/layers/groupNorm';
import { linear } from '@/model/layers/linear';
import { maxPool2d } from '@/model/layers/maxPool2d';
import { relu } from '@/model/layers/relu';
import { residual, residualSchema, type ResidualOf } from '@/model/layers/residual';
import { tanh } from '@/model/layers/tanh';

/** Kinds that give a function of each value: engines have a line of each and share the rest. ReLU, which their kernels take over, is apart. */
export const activationDefinitions = {
  Tanh: tanh,
  Sigmoid: sigmoid,
  LeakyReLU: leakyRelu,
  GELU: gelu,
  SiLU: silu,
};

/** The kinds that hold no others, in the order of the editor's menu. */
const plainDefinitions = {
  Conv2d: conv2d,
  Linear: linear,
  ReLU: relu,
  ...activationDefinitions,
  MaxPool2d: maxPool2d,
  AvgPool2d: avgPool2d,
  AdaptiveAvgPool2d: adaptiveAvgPool2d,
  BatchNorm2d: batchNorm2d,
  BatchNorm1d: batchNorm1d,
  GroupNorm: groupNorm,
  Dropout: dropout,
  Dropout2d: dropout2d,
  Flatten: flatten,
};

type PlainKind = keyof typeof plainDefinitions;
type LayerOfDefinition<Definition> = Definition extends LayerDefinition<infer Layer> ? Layer : never;

export interface Residual extends ResidualOf<LayerSpec> {}

type LayersByKind = {
  readonly [Kind in PlainKind]: LayerOfDefinition<(typeof plainDefinitions)[Kind]>;
} & { readonly Residual: Residual };

export type LayerKind = keyof LayersByKind;

/** The layers of these kinds; written so that the compiler can follow a layer's kind into a table over kinds. */
export type LayerOf<Kind extends LayerKind> = {
  [K in Kind]: LayersByKind[K] & { readonly kind: K };
}[Kind];

export type ActivationKind = keyof typeof activationDefinitions;
export type Activation = LayerOf<ActivationKind>;
/** Their places are their numbers in assembly/. */
export const activationKinds = Object.keys(activationDefinitions).filter((kind): kind is ActivationKind =>
  Object.hasOwn(activationDefinitions, kind),
);

export function isActivation(layer: LayerSpec): layer is Activation {
  return Object.hasOwn(activationDefinitions, layer.kind);
}

export type LayerSpec = LayerOf<LayerKind>;
export type Conv2d = LayerOf<'Conv2d'>;
export type Linear = LayerOf<'Linear'>;
export type BatchNorm2d = LayerOf<'BatchNorm2d'>;
export type BatchNorm1d = LayerOf<'BatchNorm1d'>;
export type GroupNorm = LayerOf<'GroupNorm'>;
export type ReLU = LayerOf<'ReLU'>;
export type MaxPool2d = LayerOf<'MaxPool2d'>;
export type AdaptiveAvgPool2d = LayerOf<'AdaptiveAvgPool2d'>;
export type Dropout = LayerOf<'Dropout'>;
export type Dropout2d = LayerOf<'Dropout2d'>;
export type Flatten = LayerOf<'Flatten'>;

type NumberOrBoolean<Layer> = {
  [Key in keyof Layer]-?: Required<Layer>[Key] extends number | boolean ? Key : never;
}[keyof Layer];

/** The numbers, yes and no that some kind has, such as `kernelSize` or `bias`. */
export type FieldKey = { [Kind in LayerKind]: NumberOrBoolean<LayerOf<Kind>> }[LayerKind];

/** A network's total number of layers and depth of nesting. */
export const networkLimits = { layers: 256, depth: 4 } as const;

/** A list of layers from outside. */
export const layersSchema: v.GenericSchema<unknown, LayerSpec[]> = v.pipe(
  v.array(v.lazy(() => layerSchema)),
  v.maxLength(networkLimits.layers),
);

export const layerDefinitions = {
  ...plainDefinitions,
  Residual: { ...residual, schema: residualSchema(v.lazy(() => layersSchema)) },
} satisfies { readonly [Kind in LayerKind]: LayerDefinition<LayerOf<Kind>> };

const layerSchema: v.GenericSchema<unknown, LayerSpec> = v.variant(
  'kind',
  Object.values(layerDefinitions).map(({ schema }) => schema),
);

/** In the order of the editor's menu. */
export const layerKinds: readonly LayerKind[] = Object.keys(layerDefinitions).filter(
  (kind): kind is LayerKind => Object.hasOwn(layerDefinitions, kind),
);

/** What the layer's kind is. */
export function definitionOf<Kind extends LayerKind>(layer: LayerOf<Kind>): LayerDefinition<LayerOf<Kind>> {
  const definitions: { readonly [K in LayerKind]: LayerDefinition<LayerOf<K>> } = layerDefinitions;
  return definitions[layer.kind];
}

/** The layer without the arguments that say what it is without them: one form of layers that are the same, and short in links. */
export function shortestForm(layer: LayerSpec): LayerSpec {
  const values: Readonly<Record<string, unknown>> = { ...layer };
  const form = { ...layer };
  const { fields, switchesOff = [] } = definitionOf(layer);
  for (const { key, usual } of fields)
    if (usual !== undefined && values[key] === usual) Reflect.deleteProperty(form, key);
  for (const key of switchesOff) if (values[key] === false) Reflect.deleteProperty(form, key);
  return form;
}

/** What an activation's function is, for engines. */
export function activationOf<Kind extends ActivationKind>(
  layer: LayerOf<Kind>,
): ActivationDefinition<LayerOf<Kind>> {
  const definitions: { readonly [K in ActivationKind]: ActivationDefinition<LayerOf<K>> } =
    activationDefinitions;
  return definitions[layer.kind];
}

/** What `ofList` says of the lists inside a layer; of a kind without them what it says of an empty one. */
export function partsOf<Result>(
  layer: LayerSpec,
  ofList: (layers: readonly LayerSpec[]) => Result,
): Parts<Result> {
  return layer.kind === 'Residual'
    ? { body: ofList(layer.body), shortcut: ofList(layer.shortcut) }
    : { body: ofList([]), shortcut: ofList([]) };
}

/** What the report's `forward` applies after the last Linear; the losses here always read the logits before it. */
export type OutputActivation = 'none' | 'softmax' | 'log_softmax';

export interface NetworkSpec {
  /** Stable identifier: `mynn`, `lenet`, ... or `custom`. */
  readonly id: string;
  /** Shown to people: `Mynn`, `VGG-16`, ... */
  readonly name: string;
  readonly layers: readonly LayerSpec[];
  readonly outputActivation: OutputActivation;
  /**
   * Module names in PyTorch's state_dict order, where it is not the forward order (a module is registered where
   * the constructor names it). Absent: forward order.
   */
  readonly stateOrder?: readonly string[];
}

/** All layers in forward order, the insides of Residual included (body, then shortcut), the Residual itself after them. */
export function flattenLayers(layers: readonly LayerSpec[]): LayerSpec[] {
  return layers.flatMap((layer) =>
    layer.kind === 'Residual'
      ? [...flattenLayers(layer.body), ...flattenLayers(layer.shortcut), layer]
      : [layer],
  );
}

/** The same network with `change` applied to every layer, the insides of Residual included. */
export function mapLayers(
  layers: readonly LayerSpec[],
  change: (layer: LayerSpec) => LayerSpec,
): LayerSpec[] {
  return layers.map((layer) =>
    change(
      layer.kind === 'Residual'
        ? { ...layer, body: mapLayers(layer.body, change), shortcut: mapLayers(layer.shortcut, change) }
        : layer,
    ),
  );
}

/** The network with every dropout probability set to 0, as the PyTorch fixtures are made. */
export function withoutDropout(network: NetworkSpec): NetworkSpec {
  return {
    ...network,
    layers: mapLayers(network.layers, (layer) => ('p' in layer ? { ...layer, p: 0 } : layer)),
  };
}

/** Makes the compiler reject a switch that misses a kind. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
