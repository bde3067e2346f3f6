/** The algorithm of each stage as lines of code, with the report's settings put in, and which line a step executes. */
import type { LabDocument, LabStage } from '@/features/convLab/convLabState';

export type CodeLanguage = 'typescript' | 'python';
/** `setUp` before the first step; `start` begins a sum, `operate` is a step, `land` writes the finished cell. */
export type LineRole = 'setUp' | 'start' | 'operate' | 'land';

export interface CodeLine {
  readonly text: string;
  readonly role: LineRole | null;
}

type Listing = readonly (readonly [text: string, role?: LineRole])[];

interface Terms {
  readonly rowIndex: string;
  readonly columnIndex: string;
  readonly kernelRow: string;
  readonly kernelColumn: string;
}

/** Index expressions of the window's cell (u, v); what is 1 or 0 is left out. */
function terms({ settings }: LabDocument): Terms {
  const { operator, stride, dilation } = settings;
  const step = operator === 'transposed' ? 1 : stride;
  const index = (position: string, offset: string): string => {
    const start = step === 1 ? position : `${position}*${step}`;
    const hole = dilation === 1 ? offset : `${offset}*${dilation}`;
    return `${start} + ${hole}`;
  };
  const isFlipped = operator !== 'cross_correlation';
  return {
    rowIndex: index('i', 'u'),
    columnIndex: index('j', 'v'),
    kernelRow: isFlipped ? 'kh-1-u' : 'u',
    kernelColumn: isFlipped ? 'kw-1-v' : 'v',
  };
}

function padLine({ settings, input, kernel }: LabDocument, python: boolean): string {
  const { operator, stride, padding, dilation } = settings;
  if (operator !== 'transposed') {
    return python
      ? `x = np.pad(image, ((0, 0), (${padding}, ${padding}), (${padding}, ${padding})))`
      : `const x = pad(image, ${padding});`;
  }
  const around = dilation * (kernel.shape[2] - 1) - padding;
  const [, , height, width] = input.shape;
  return python
    ? `x = insert_zeros(image, ${stride - 1}, around=${around})  # ${height}x${width}`
    : `const x = insertZeros(image, ${stride - 1}, ${around}); // ${height}x${width}`;
}

function convTypescript(document: LabDocument): Listing {
  const { rowIndex, columnIndex, kernelRow, kernelColumn } = terms(document);
  return [
    [padLine(document, false), 'setUp'],
    ['for (let f = 0; f < filters; f++)'],
    ['  for (let i = 0; i < outHeight; i++)'],
    ['    for (let j = 0; j < outWidth; j++) {'],
    ['      let sum = bias[f];', 'start'],
    ['      for (let c = 0; c < channels; c++)'],
    ['        for (let u = 0; u < kh; u++)'],
    ['          for (let v = 0; v < kw; v++)'],
    ['            sum +=', 'operate'],
    [`              x[c][${rowIndex}][${columnIndex}]`, 'operate'],
    [`              * w[f][c][${kernelRow}][${kernelColumn}];`, 'operate'],
    ['      out[f][i][j] = sum;', 'land'],
    ['    }'],
  ];
}

function convPython(document: LabDocument): Listing {
  const { rowIndex, columnIndex, kernelRow, kernelColumn } = terms(document);
  return [
    [padLine(document, true), 'setUp'],
    ['for f in range(filters):'],
    ['    for i in range(out_height):'],
    ['        for j in range(out_width):'],
    ['            total = bias[f]', 'start'],
    ['            for c in range(channels):'],
    ['                for u in range(kh):'],
    ['                    for v in range(kw):'],
    ['                        total += (', 'operate'],
    [`                            x[c, ${rowIndex}, ${columnIndex}]`, 'operate'],
    [`                            * w[f, c, ${kernelRow}, ${kernelColumn}])`, 'operate'],
    ['            out[f, i, j] = total', 'land'],
  ];
}

function reluListing(python: boolean): Listing {
  return python
    ? [
        ['for f in range(filters):', 'setUp'],
        ['    for i in range(height):'],
        ['        for j in range(width):'],
        ['            out[f, i, j] = max(0, x[f, i, j])', 'operate'],
      ]
    : [
        ['for (let f = 0; f < filters; f++)', 'setUp'],
        ['  for (let i = 0; i < height; i++)'],
        ['    for (let j = 0; j < width; j++)'],
        ['      out[f][i][j] = Math.max(0, x[f][i][j]);', 'operate'],
      ];
}

function poolListing({ pool: { kernelSize: k, stride: s } }: LabDocument, python: boolean): Listing {
  return python
    ? [
        ['for c in range(channels):', 'setUp'],
        ['    for i in range(out_height):'],
        ['        for j in range(out_width):'],
        ['            largest = -inf', 'start'],
        [`            for u in range(${k}):`],
        [`                for v in range(${k}):`],
        [`                    if x[c, i*${s} + u, j*${s} + v] > largest:`, 'operate'],
        [`                        largest = x[c, i*${s} + u, j*${s} + v]`, 'operate'],
        ['            out[c, i, j] = largest', 'land'],
      ]
    : [
        ['for (let c = 0; c < channels; c++)', 'setUp'],
        ['  for (let i = 0; i < outHeight; i++)'],
        ['    for (let j = 0; j < outWidth; j++) {'],
        ['      let largest = -Infinity;', 'start'],
        [`      for (let u = 0; u < ${k}; u++)`],
        [`        for (let v = 0; v < ${k}; v++)`],
        [`          if (x[c][i*${s} + u][j*${s} + v] > largest)`, 'operate'],
        [`            largest = x[c][i*${s} + u][j*${s} + v];`, 'operate'],
        ['      out[c][i][j] = largest;', 'land'],
        ['    }'],
      ];
}

function gradientListing(document: LabDocument, python: boolean): Listing {
  const { f, c, i, j } = document.weight;
  const { settings, kernel } = document;
  const isFlipped = settings.operator !== 'cross_correlation';
  const u = isFlipped ? kernel.shape[2] - 1 - i : i;
  const v = isFlipped ? kernel.shape[3] - 1 - j : j;
  const step = settings.operator === 'transposed' ? 1 : settings.stride;
  const at = (name: string, offset: number): string =>
    `${step === 1 ? name : `${name}*${step}`} + ${offset * settings.dilation}`;
  return python
    ? [
        [`# dL/dw[${f}, ${c}, ${i}, ${j}]`],
        ['total = 0', 'setUp'],
        ['for a in range(out_height):'],
        ['    for b in range(out_width):'],
        [`        total += x[${c}, ${at('a', u)}, ${at('b', v)}] * dy[${f}, a, b]`, 'operate'],
        [`dw[${f}, ${c}, ${i}, ${j}] = total`, 'land'],
      ]
    : [
        [`// dL/dw[${f}][${c}][${i}][${j}]`],
        ['let sum = 0;', 'setUp'],
        ['for (let a = 0; a < outHeight; a++)'],
        ['  for (let b = 0; b < outWidth; b++)'],
        [`    sum += x[${c}][${at('a', u)}][${at('b', v)}] * dy[${f}][a][b];`, 'operate'],
        [`dw[${f}][${c}][${i}][${j}] = sum;`, 'land'],
      ];
}

function listing(document: LabDocument, stage: LabStage, language: CodeLanguage): Listing {
  const python = language === 'python';
  switch (stage) {
    case 'conv':
      return python ? convPython(document) : convTypescript(document);
    case 'relu':
      return reluListing(python);
    case 'pool':
      return poolListing(document, python);
    case 'gradient':
      return gradientListing(document, python);
    default:
      return stage satisfies never;
  }
}

export function codeListing(document: LabDocument, language: CodeLanguage): CodeLine[] {
  return listing(document, document.stage, language).map(([text, role]) => ({ text, role: role ?? null }));
}

/** What runs in the step that was just done. */
export function activeRoles(done: number, ofCell: number, total: number): readonly LineRole[] {
  if (done === 0) return ['setUp'];
  const inCell = ((done - 1) % ofCell) + 1;
  const isLast = inCell === ofCell && (ofCell > 1 || done === total);
  return [
    ...(inCell === 1 && ofCell > 1 ? (['start'] as const) : []),
    'operate',
    ...(isLast ? (['land'] as const) : []),
  ];
}
