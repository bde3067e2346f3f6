/** The output-size formulas as data: symbols, and the same with the numbers put in. */
import { dilatedSize, outputSize, type ConvOperator, type ConvSettings } from '@/conv/geometry';

export interface SizeFormula {
  readonly operator: ConvOperator;
  /** PyTorch's formula, with H, k, s, p, d for one axis. */
  readonly symbolic: string;
  /** The report's way of writing it, in Python; only where it holds (no dilation, not transposed). */
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
  if (operator === 'transposed') {
    return {
      substituted: `(${size} − 1)·${stride} − 2·${padding} + ${dilation}·(${kernel} − 1) + 1`,
      reduced: `${(size - 1) * stride} − ${2 * padding} + ${span}`,
      report: null,
      result,
    };
  }
  return {
    substituted: `⌊(${size} + 2·${padding} − ${dilation}·(${kernel} − 1) − 1) / ${stride}⌋ + 1`,
    reduced: `⌊${size + 2 * padding - span} / ${stride}⌋ + 1`,
    report: dilation === 1 ? `(${stride} + ${size} + 2*${padding} - ${kernel}) // ${stride}` : null,
    result,
  };
}

/** Sizes of the output along both axes; the result may be 0 or negative where the kernel does not fit. */
export function sizeFormula(
  input: readonly [height: number, width: number],
  kernel: readonly [height: number, width: number],
  settings: ConvSettings,
): SizeFormula {
  const transposed = settings.operator === 'transposed';
  return {
    operator: settings.operator,
    symbolic: transposed ? '(H − 1)·s − 2·p + d·(k − 1) + 1' : '⌊(H + 2·p − d·(k − 1) − 1) / s⌋ + 1',
    report: transposed || settings.dilation > 1 ? null : '(stride + H + 2*padding - k) // stride',
    rows: filled(input[0], kernel[0], settings),
    columns: filled(input[1], kernel[1], settings),
  };
}
