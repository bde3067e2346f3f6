/** The algorithm of each stage as lines of code, with the report's settings put in, and which line a step executes. */
import { paddingAlong } from '@/conv/geometry';
import type { LabDocument, LabStage } from '@/features/convLab/convLabState';
import {
  avgPoolListing,
  maxPoolListing,
  pointwiseListing,
  reluListing,
  type LineRole,
  type Listing,
} from '@/features/convLab/followingListings';

export type CodeLanguage = 'typescript' | 'python';

export interface CodeLine {
  readonly text: string;
  readonly role: LineRole | null;
}

interface Terms {
  /** Of the kernel. */
  readonly channels: string;
  /** Of the input, that channel c of the kernel meets. */
  readonly channel: string;
  readonly rowIndex: string;
  readonly columnIndex: string;
  readonly kernelRow: string;
  readonly kernelColumn: string;
}

/** The group of filter f, where there is more than one. */
function groupLines({ settings: { groups }, kernel }: LabDocument, python: boolean): Listing {
  if (groups === 1) return [];
  const size = kernel.shape[0] / groups;
  if (python) return [[`    g = ${size === 1 ? 'f' : `f // ${size}`}`]];
  return [[`  const g = ${size === 1 ? 'f' : `Math.floor(f / ${size})`};`]];
}

/** Index expressions of the window's cell (u, v); what is 1 or 0 is left out. */
function terms({ settings, kernel }: LabDocument): Terms {
  const { operator, stride, dilation, groups } = settings;
  const step = operator === 'transposed' ? 1 : stride;
  const index = (position: string, offset: string): string => {
    const start = step === 1 ? position : `${position}*${step}`;
    const hole = dilation === 1 ? offset : `${offset}*${dilation}`;
    return `${start} + ${hole}`;
  };
  const isFlipped = operator !== 'cross_correlation';
  const [, channels] = kernel.shape;
  return {
    channels: groups === 1 ? 'channels' : String(channels),
    channel: groups === 1 ? 'c' : channels === 1 ? 'g' : `g*${channels} + c`,
    rowIndex: index('i', 'u'),
    columnIndex: index('j', 'v'),
    kernelRow: isFlipped ? 'kh-1-u' : 'u',
    kernelColumn: isFlipped ? 'kw-1-v' : 'v',
  };
}

function padLine({ settings, input, kernel }: LabDocument, python: boolean): string {
  const { operator, stride, padding, dilation } = settings;
  const [, , kernelRows, kernelColumns] = kernel.shape;
  const rows = paddingAlong(kernelRows, settings);
  const columns = paddingAlong(kernelColumns, settings);
  if (operator !== 'transposed') {
    if (python) return `x = np.pad(image, ((0, 0), (${rows.join(', ')}), (${columns.join(', ')})))`;
    return padding === 'same'
      ? `const x = pad(image, [${rows.join(', ')}], [${columns.join(', ')}]);`
      : `const x = pad(image, ${padding});`;
  }
  const around = dilation * (kernelRows - 1) - rows[0];
  const [, , height, width] = input.shape;
  return python
    ? `x = insert_zeros(image, ${stride - 1}, around=${around})  # ${height}x${width}`
    : `const x = insertZeros(image, ${stride - 1}, ${around}); // ${height}x${width}`;
}

function convTypescript(document: LabDocument): Listing {
  const { channels, channel, rowIndex, columnIndex, kernelRow, kernelColumn } = terms(document);
  const group = groupLines(document, false);
  return [
    [padLine(document, false), 'setUp'],
    [`for (let f = 0; f < filters; f++)${group.length === 0 ? '' : ' {'}`],
    ...group,
    ['  for (let i = 0; i < outHeight; i++)'],
    ['    for (let j = 0; j < outWidth; j++) {'],
    ['      let sum = bias[f];', 'start'],
    [`      for (let c = 0; c < ${channels}; c++)`],
    ['        for (let u = 0; u < kh; u++)'],
    ['          for (let v = 0; v < kw; v++)'],
    ['            sum +=', 'operate'],
    [`              x[${channel}][${rowIndex}][${columnIndex}]`, 'operate'],
    [`              * w[f][c][${kernelRow}][${kernelColumn}];`, 'operate'],
    ['      out[f][i][j] = sum;', 'land'],
    [group.length === 0 ? '    }' : '    }}'],
  ];
}

function convPython(document: LabDocument): Listing {
  const { channels, channel, rowIndex, columnIndex, kernelRow, kernelColumn } = terms(document);
  return [
    [padLine(document, true), 'setUp'],
    ['for f in range(filters):'],
    ...groupLines(document, true),
    ['    for i in range(out_height):'],
    ['        for j in range(out_width):'],
    ['            total = bias[f]', 'start'],
    [`            for c in range(${channels}):`],
    ['                for u in range(kh):'],
    ['                    for v in range(kw):'],
    ['                        total += (', 'operate'],
    [`                            x[${channel}, ${rowIndex}, ${columnIndex}]`, 'operate'],
    [`                            * w[f, c, ${kernelRow}, ${kernelColumn}])`, 'operate'],
    ['            out[f, i, j] = total', 'land'],
  ];
}

function gradientListing(document: LabDocument, python: boolean): Listing {
  const { f, c, i, j } = document.weight;
  const { settings, kernel } = document;
  const isFlipped = settings.operator !== 'cross_correlation';
  const u = isFlipped ? kernel.shape[2] - 1 - i : i;
  const v = isFlipped ? kernel.shape[3] - 1 - j : j;
  const step = settings.operator === 'transposed' ? 1 : settings.stride;
  const channel = Math.floor((f * settings.groups) / kernel.shape[0]) * kernel.shape[1] + c;
  const at = (name: string, offset: number): string =>
    `${step === 1 ? name : `${name}*${step}`} + ${offset * settings.dilation}`;
  return python
    ? [
        [`# dL/dw[${f}, ${c}, ${i}, ${j}]`],
        ['total = 0', 'setUp'],
        ['for a in range(out_height):'],
        ['    for b in range(out_width):'],
        [`        total += x[${channel}, ${at('a', u)}, ${at('b', v)}] * dy[${f}, a, b]`, 'operate'],
        [`dw[${f}, ${c}, ${i}, ${j}] = total`, 'land'],
      ]
    : [
        [`// dL/dw[${f}][${c}][${i}][${j}]`],
        ['let sum = 0;', 'setUp'],
        ['for (let a = 0; a < outHeight; a++)'],
        ['  for (let b = 0; b < outWidth; b++)'],
        [`    sum += x[${channel}][${at('a', u)}][${at('b', v)}] * dy[${f}][a][b];`, 'operate'],
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
      return maxPoolListing(document, python);
    case 'avgPool':
      return avgPoolListing(document, python);
    case 'pointwise':
      return pointwiseListing(python);
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
