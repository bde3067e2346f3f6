/** Output sizes and counts of products as data: symbols, and the same with the numbers put in. */
import {
  dilatedSize,
  outputSize,
  paddingAlong,
  type ConvOperator,
  type ConvSettings,
  type Geometry,
} from '@/conv/geometry';

export interface SizeFormula {
  readonly operator: ConvOperator;
  /** PyTorch's formula, with H, k, s, p, d for one axis; p₁ and p₂ where its two edges are padded by different amounts. */
  readonly symbolic: string;
  /** The report's way of writing it, in Python; only where it holds (no dilation, not transposed, no `same`). */
  readonly report: string | null;
  readonly rows: FilledFormula;
  readonly columns: FilledFormula;
}

export interface FilledFormula {
  readonly substituted: string;
  /** One simplification further. */
  readonly reduced: string;
  readonly report: string | null;
  readonly result: number;
}

function filled(size: number, kernel: number, settings: ConvSettings): FilledFormula {
  const { operator, stride, padding, dilation } = settings;
  const result = outputSize(size, kernel, settings);
  const span = dilatedSize(kernel, dilation);
  const [before, after] = paddingAlong(kernel, settings);
  const sum = before + after;
  if (operator === 'transposed') {
    return {
      substituted: `(${size} − 1)·${stride} − 2·${before} + ${dilation}·(${kernel} − 1) + 1`,
      reduced: `${(size - 1) * stride} − ${sum} + ${span}`,
      report: null,
      result,
    };
  }
  const around = padding === 'same' ? `${before} + ${after}` : `2·${padding}`;
  const hasReport = dilation === 1 && padding !== 'same';
  return {
    substituted: `⌊(${size} + ${around} − ${dilation}·(${kernel} − 1) − 1) / ${stride}⌋ + 1`,
    reduced: `⌊${size + sum - span} / ${stride}⌋ + 1`,
    report: hasReport ? `(${stride} + ${size} + 2*${padding} - ${kernel}) // ${stride}` : null,
    result,
  };
}

/** Sizes of the output along both axes; the result may be 0 or negative where the kernel does not fit. */
export function sizeFormula(
  input: readonly [height: number, width: number],
  kernel: readonly [height: number, width: number],
  settings: ConvSettings,
): SizeFormula {
  const { operator, padding } = settings;
  const rows = filled(input[0], kernel[0], settings);
  const around = padding === 'same' ? 'p₁ + p₂' : '2·p';
  return {
    operator,
    symbolic:
      operator === 'transposed'
        ? '(H − 1)·s − 2·p + d·(k − 1) + 1'
        : `⌊(H + ${around} − d·(k − 1) − 1) / s⌋ + 1`,
    report: rows.report === null ? null : '(stride + H + 2*padding - k) // stride',
    rows,
    columns: filled(input[1], kernel[1], settings),
  };
}

export interface ProductCount {
  readonly channels: number;
  readonly filters: number;
  readonly kernel: readonly [rows: number, columns: number];
  /** filters · channels that each reads · kernel rows · kernel columns · output rows · output columns */
  readonly substituted: string;
  readonly result: number;
}

export interface ProductCounts {
  /** This convolution, as it is grouped. */
  readonly grouped: ProductCount;
  /** 1 x 1, from its filters to others. */
  readonly pointwise: ProductCount;
  /** One convolution without groups from the same channels to the same filters as both together. */
  readonly plain: ProductCount;
}

/** Products of a convolution with what stands in its place: padding's zeros count, as the loops multiply them too. */
export function productCounts(geometry: Geometry, pointwiseFilters: number): ProductCounts {
  const { settings, filters, channels, rows, columns } = geometry;
  const count = (
    inputs: number,
    outputs: number,
    groups: number,
    ...kernel: [number, number]
  ): ProductCount => {
    const factors = [outputs, inputs / groups, ...kernel, rows.output, columns.output];
    return {
      channels: inputs,
      filters: outputs,
      kernel,
      substituted: factors.join('·'),
      result: factors.reduce((product, factor) => product * factor, 1),
    };
  };
  return {
    grouped: count(channels, filters, settings.groups, rows.kernel, columns.kernel),
    pointwise: count(filters, pointwiseFilters, 1, 1, 1),
    plain: count(channels, pointwiseFilters, 1, rows.kernel, columns.kernel),
  };
}
