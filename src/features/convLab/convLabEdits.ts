/** Every change of a lab document, as a function from document to document; sizes, weights and steps stay consistent. */
import { kernelPresets, inputPresetValues, type InputPreset, type KernelPreset } from '@/conv/presets';
import { stageLength } from '@/features/convLab/convLabDerived';
import {
  kernelChannels,
  labStages,
  limits,
  stepsOf,
  type LabDocument,
  type LabTensor,
} from '@/features/convLab/convLabState';
import { build, labValue, replaced, valueAt } from '@/features/convLab/labTensor';

/** A filter more or fewer is a channel more or fewer of the pointwise convolution; new weights are 1. */
function matchingPointwise({ pointwise, kernel }: LabDocument): LabTensor {
  const [outputs, channels] = pointwise.shape;
  const [filters] = kernel.shape;
  if (channels === filters) return pointwise;
  return build([outputs, filters, 1, 1], (f, c) => (c < channels ? valueAt(pointwise, f, c, 0, 0) : 1));
}

/** Steps beyond the end, and a weight outside the kernel, move to the last there is; the pointwise stage fits the filters. */
export function consistent(document: LabDocument): LabDocument {
  const [filters, channels, rows, columns] = document.kernel.shape;
  const { f, c, i, j } = document.weight;
  const weight = {
    f: Math.min(f, filters - 1),
    c: Math.min(c, channels - 1),
    i: Math.min(i, rows - 1),
    j: Math.min(j, columns - 1),
  };
  const whole = { ...document, weight, pointwise: matchingPointwise(document) };
  const steps = stepsOf((stage) => Math.min(document.steps[stage], stageLength(whole, stage)));
  return { ...whole, steps };
}

/** All players back to their beginning: after a change that makes other sums of it. */
function rewound(document: LabDocument): LabDocument {
  return consistent({ ...document, steps: stepsOf(() => 0) });
}

export function withInputValue(
  document: LabDocument,
  channel: number,
  row: number,
  column: number,
  value: number,
): LabDocument {
  const input = replaced(document.input, 0, channel, row, column, value);
  return input === document.input ? document : { ...document, input };
}

export function withKernelValue(
  document: LabDocument,
  filter: number,
  channel: number,
  row: number,
  column: number,
  value: number,
): LabDocument {
  return { ...document, kernel: replaced(document.kernel, filter, channel, row, column, value) };
}

export function withPointwiseValue(
  document: LabDocument,
  filter: number,
  channel: number,
  value: number,
): LabDocument {
  return { ...document, pointwise: replaced(document.pointwise, filter, channel, 0, 0, value) };
}

/** Grows with zeros and shrinks from the right and the bottom, so that what was drawn stays where it is. */
export function withInputSize(document: LabDocument, height: number, width: number): LabDocument {
  const { input } = document;
  const [, channels, oldHeight, oldWidth] = input.shape;
  const resized = build([1, channels, height, width], (_n, c, row, column) =>
    row < oldHeight && column < oldWidth ? valueAt(input, 0, c, row, column) : 0,
  );
  return rewound({ ...document, input: resized });
}

/** Around the middle, as kernels are thought of. */
export function withKernelSize(document: LabDocument, height: number, width: number): LabDocument {
  const { kernel } = document;
  const [filters, channels, oldHeight, oldWidth] = kernel.shape;
  const top = Math.trunc((oldHeight - height) / 2);
  const left = Math.trunc((oldWidth - width) / 2);
  const resized = build([filters, channels, height, width], (f, c, row, column) => {
    const y = row + top;
    const x = column + left;
    return y >= 0 && x >= 0 && y < oldHeight && x < oldWidth ? valueAt(kernel, f, c, y, x) : 0;
  });
  return rewound({ ...document, kernel: resized });
}

/** A new channel, in the input and in every filter, copies the last. */
export function withChannels(document: LabDocument, channels: number): LabDocument {
  const { input, kernel } = document;
  const last = input.shape[1] - 1;
  return rewound({
    ...document,
    input: build([1, channels, input.shape[2], input.shape[3]], (n, c, row, column) =>
      valueAt(input, n, Math.min(c, last), row, column),
    ),
    kernel: resizedKernel(kernel, kernel.shape[0], kernelChannels(channels, document.settings.groups)),
  });
}

/** New filters and channels copy the last. */
function resizedKernel(kernel: LabTensor, filters: number, channels: number): LabTensor {
  const [oldFilters, oldChannels, rows, columns] = kernel.shape;
  return build([filters, channels, rows, columns], (f, c, row, column) =>
    valueAt(kernel, Math.min(f, oldFilters - 1), Math.min(c, oldChannels - 1), row, column),
  );
}

export function withGroups(document: LabDocument, groups: number): LabDocument {
  const { kernel, input, settings } = document;
  return rewound({
    ...document,
    kernel: resizedKernel(kernel, kernel.shape[0], kernelChannels(input.shape[1], groups)),
    settings: { ...settings, groups },
  });
}

/** One filter a channel, which reads that channel alone. */
export function withDepthwise(document: LabDocument): LabDocument {
  const { kernel, bias, input, settings } = document;
  const [, channels] = input.shape;
  return rewound({
    ...document,
    kernel: resizedKernel(kernel, channels, 1),
    bias: Array.from({ length: channels }, (_value, f) => bias[f] ?? 0),
    settings: { ...settings, groups: channels },
  });
}

/** A new filter of the pointwise stage adds all channels up. */
export function withPointwiseFilters(document: LabDocument, filters: number): LabDocument {
  const { pointwise } = document;
  const [old, channels] = pointwise.shape;
  return consistent({
    ...document,
    pointwise: build([filters, channels, 1, 1], (f, c) => (f < old ? valueAt(pointwise, f, c, 0, 0) : 1)),
    steps: { ...document.steps, pointwise: 0 },
  });
}

/** A new filter passes the middle of its window on. */
export function withFilters(document: LabDocument, filters: number): LabDocument {
  const { kernel, bias } = document;
  const [old, channels, rows, columns] = kernel.shape;
  const middle = (index: number, size: number): boolean => index === Math.floor((size - 1) / 2);
  return rewound({
    ...document,
    kernel: build([filters, channels, rows, columns], (f, c, row, column) => {
      if (f < old) return valueAt(kernel, f, c, row, column);
      return middle(row, rows) && middle(column, columns) ? 1 : 0;
    }),
    bias: Array.from({ length: filters }, (_value, f) => bias[f] ?? 0),
  });
}

export function withBias(document: LabDocument, filter: number, value: number): LabDocument {
  return { ...document, bias: document.bias.with(filter, labValue(value)) };
}

/** All but the groups, which change the kernel: withGroups. */
export function withSettings(
  document: LabDocument,
  change: Partial<Omit<LabDocument['settings'], 'groups'>>,
): LabDocument {
  return rewound({ ...document, settings: { ...document.settings, ...change } });
}

export function withPool(document: LabDocument, change: Partial<LabDocument['pool']>): LabDocument {
  const pool = { ...document.pool, ...change };
  return consistent({ ...document, pool, steps: { ...document.steps, pool: 0, avgPool: 0 } });
}

/** The same values on every channel. */
export function withInputPreset(document: LabDocument, preset: InputPreset): LabDocument {
  const [, channels, height, width] = document.input.shape;
  const values = inputPresetValues(preset, height, width);
  const input = build(
    [1, channels, height, width],
    (_n, _c, row, column) => values[row * width + column] ?? 0,
  );
  return { ...document, input };
}

/** A 28 x 28 image of bytes as the network sees it, u8 / 255, on every channel. */
export function withImage(document: LabDocument, pixels: ArrayLike<number>): LabDocument {
  const channels = Math.min(document.input.shape[1], limits.channels.max);
  const base = channels === document.input.shape[1] ? document : withChannels(document, channels);
  const input = build([1, channels, 28, 28], (_n, _c, row, column) => (pixels[row * 28 + column] ?? 0) / 255);
  return rewound({ ...base, input });
}

/** On every channel of one filter; the other filters take the preset's size. */
export function withKernelPreset(document: LabDocument, preset: KernelPreset, filter: number): LabDocument {
  const rows = kernelPresets[preset];
  const height = rows.length;
  const width = rows[0].length;
  const [, , oldHeight, oldWidth] = document.kernel.shape;
  const sized =
    oldHeight === height && oldWidth === width ? document : withKernelSize(document, height, width);
  const kernel = build(sized.kernel.shape, (f, c, row, column) =>
    f === filter ? (rows[row]?.[column] ?? 0) : valueAt(sized.kernel, f, c, row, column),
  );
  return { ...sized, kernel };
}

export function withStep(document: LabDocument, step: number): LabDocument {
  const { stage, steps } = document;
  const next = Math.max(0, Math.min(Math.round(step), stageLength(document, stage)));
  return next === steps[stage] ? document : { ...document, steps: { ...steps, [stage]: next } };
}

export interface LayerSnapshot {
  /** What the layer reads, [channels, height, width]. */
  readonly input: ArrayLike<number>;
  readonly inputShape: readonly [number, number, number];
  /** One filter, [channels, k, k]. */
  readonly kernel: ArrayLike<number>;
  readonly kernelSize: number;
  readonly bias: number;
  readonly stride: number;
  readonly padding: number | 'same';
  readonly dilation: number;
}

/** A filter of a network with what it reads. While it follows a training network, only the numbers change. */
export function withLayer(document: LabDocument, layer: LayerSnapshot): LabDocument {
  const [channels, height, width] = layer.inputShape;
  const { kernelSize } = layer;
  const next = consistent({
    ...document,
    input: { shape: [1, channels, height, width], data: Array.from(layer.input, labValue) },
    kernel: { shape: [1, channels, kernelSize, kernelSize], data: Array.from(layer.kernel, labValue) },
    bias: [labValue(layer.bias)],
    settings: {
      operator: 'cross_correlation',
      stride: layer.stride,
      padding: layer.padding,
      dilation: layer.dilation,
      groups: 1,
    },
  });
  const sameShape =
    next.input.shape.join() === document.input.shape.join() &&
    next.kernel.shape.join() === document.kernel.shape.join() &&
    labStages.every((stage) => stageLength(next, stage) === stageLength(document, stage));
  return sameShape ? next : rewound(next);
}
