/**
 * A network is data: a list of LayerSpec. Everything that knows networks (forward pass, shapes, counts,
 * diagram, state_dict, exports) is an exhaustive switch over `kind`, so that a new kind fails the type
 * check wherever it is not handled yet. Names and parameters are PyTorch's.
 */

/** How weights are drawn. `default` is PyTorch's Linear/Conv2d reset_parameters: U(-1/sqrt(fan_in), 1/sqrt(fan_in)) for weight and bias. */
export type WeightInit =
  | { readonly kind: 'default' }
  /** torch.nn.init.kaiming_normal_(mode='fan_out', nonlinearity='relu'); bias 0. */
  | { readonly kind: 'kaiming_normal_fan_out' }
  /** torch.nn.init.normal_(0, std); bias 0. */
  | { readonly kind: 'normal'; readonly std: number };

interface Named {
  /** PyTorch's module path, such as `features.0`; unique in a network. Functional layers have a name too, for diagrams and messages. */
  readonly name: string;
}

export interface Conv2d extends Named {
  readonly kind: 'Conv2d';
  readonly inChannels: number;
  readonly outChannels: number;
  /** Square kernels; height = width. */
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
  readonly bias: boolean;
  readonly init: WeightInit;
}

export interface Linear extends Named {
  readonly kind: 'Linear';
  readonly inFeatures: number;
  readonly outFeatures: number;
  readonly bias: boolean;
  readonly init: WeightInit;
}

export interface BatchNorm2d extends Named {
  readonly kind: 'BatchNorm2d';
  readonly numFeatures: number;
  readonly eps: number;
  /** PyTorch's momentum: running = (1 - momentum) * running + momentum * batch. */
  readonly momentum: number;
}

export interface ReLU extends Named {
  readonly kind: 'ReLU';
}

export interface MaxPool2d extends Named {
  readonly kind: 'MaxPool2d';
  readonly kernelSize: number;
  readonly stride: number;
  readonly padding: number;
}

export interface AdaptiveAvgPool2d extends Named {
  readonly kind: 'AdaptiveAvgPool2d';
  /** Height = width of the output. */
  readonly outputSize: number;
}

/** Drops single values with probability p; survivors are multiplied by 1 / (1 - p). */
export interface Dropout extends Named {
  readonly kind: 'Dropout';
  readonly p: number;
}

/** Drops whole channels of an image with probability p. */
export interface Dropout2d extends Named {
  readonly kind: 'Dropout2d';
  readonly p: number;
}

/** [C, H, W] -> [C*H*W], channel-major as PyTorch flattens. */
export interface Flatten extends Named {
  readonly kind: 'Flatten';
}

/** output = body(x) + shortcut(x); an empty shortcut is the identity. */
export interface Residual extends Named {
  readonly kind: 'Residual';
  readonly body: readonly LayerSpec[];
  readonly shortcut: readonly LayerSpec[];
}

export type LayerSpec =
  | Conv2d
  | Linear
  | BatchNorm2d
  | ReLU
  | MaxPool2d
  | AdaptiveAvgPool2d
  | Dropout
  | Dropout2d
  | Flatten
  | Residual;

export type LayerKind = LayerSpec['kind'];

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
    layers: mapLayers(network.layers, (layer) =>
      layer.kind === 'Dropout' || layer.kind === 'Dropout2d' ? { ...layer, p: 0 } : layer,
    ),
  };
}

/** Makes the compiler reject a switch that misses a kind. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
