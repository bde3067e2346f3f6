/** The grids of each stage at a step, and what happens there; pure, so that the screen and the exports agree. */
import type { MultiplyAdd } from '@/conv/trace';
import { dilatedSize } from '@/conv/geometry';
import { readersOf, sourcesOf } from '@/conv/relations';
import type { GradientTerm } from '@/conv/gradient';
import { gradientOf, type Convolved, type GradientStage } from '@/features/convLab/convLabDerived';
import type { LabDocument, LinkedCell } from '@/features/convLab/convLabState';
import {
  extentFor,
  noMarks,
  plainGrid,
  planeKinds,
  unreadCells,
  type Frame,
  type GridModel,
  type Mark,
} from '@/features/convLab/gridModel';

/** Above this many channels only the current one is shown. */
export const mostChannelsShown = 3;

export interface ConvStageModel {
  readonly kind: 'conv';
  /** The sum that is under way, or about to begin: all its terms, in order. */
  readonly window: readonly MultiplyAdd[];
  /** Terms of it that are done. */
  readonly done: number;
  /** The last multiply-add done, or null at the very beginning. */
  readonly current: MultiplyAdd | null;
  readonly filter: number;
  readonly channels: readonly number[];
  readonly planes: readonly GridModel[];
  readonly kernels: readonly GridModel[];
  readonly outputs: readonly GridModel[];
}

function windowFrame({ trace }: Convolved, at: { readonly i: number; readonly j: number }): Frame {
  const { rows, columns } = trace.geometry;
  return {
    row: at.i * rows.step,
    column: at.j * columns.step,
    rows: dilatedSize(rows.kernel, rows.dilation),
    columns: dilatedSize(columns.kernel, columns.dilation),
  };
}

function planeMarks(conv: Convolved, linked: LinkedCell | null): Mark[] {
  if (linked?.kind !== 'output') return [];
  return sourcesOf(conv.trace.geometry, linked.row, linked.column).map((cell) => ({
    ...cell,
    kind: 'linked',
  }));
}

function outputMarks(conv: Convolved, linked: LinkedCell | null): Mark[] {
  if (linked?.kind !== 'plane') return [];
  return readersOf(conv.trace.geometry, linked.row, linked.column).map((cell) => ({
    ...cell,
    kind: 'linked',
  }));
}

export function convStageModel(
  document: LabDocument,
  conv: Convolved,
  pickedFilter: number | null,
  linked: LinkedCell | null,
): ConvStageModel {
  const { trace, output } = conv;
  const { geometry } = trace;
  const step = Math.min(document.steps.conv, trace.length);
  const window = trace.window(Math.max(0, step - 1));
  const done = step === 0 ? 0 : ((step - 1) % geometry.windowLength) + 1;
  const current = done === 0 ? null : (window[done - 1] ?? null);
  const first = window[0];
  const at = { f: first?.f ?? 0, i: first?.i ?? 0, j: first?.j ?? 0 };
  const filter = Math.min(pickedFilter ?? at.f, geometry.filters - 1);
  const channel = current?.c ?? 0;
  const channels =
    geometry.channels <= mostChannelsShown
      ? Array.from({ length: geometry.channels }, (_value, c) => c)
      : [channel];
  return {
    kind: 'conv',
    window,
    done,
    current,
    filter,
    channels,
    planes: channels.map((c) => planeGrid(document, conv, c, current, at, linked)),
    kernels: channels.map((c) => kernelGrid(document, filter, c, current)),
    outputs: Array.from({ length: geometry.filters }, (_value, f) => {
      const cells = geometry.rows.output * geometry.columns.output;
      const landed = Math.max(0, Math.min(cells, trace.completed(step) - f * cells));
      const running = current !== null && at.f === f;
      const complete = done === geometry.windowLength;
      return {
        ...plainGrid(
          `output-${f}`,
          [geometry.rows.output, geometry.columns.output],
          output.data,
          f * cells,
          extentFor(output.data),
        ),
        shown: landed,
        partial: running && !complete ? { row: at.i, column: at.j, value: current.sum } : null,
        marks: [
          ...outputMarks(conv, linked),
          ...(running ? [{ row: at.i, column: at.j, kind: 'current' } as const] : []),
        ],
      };
    }),
  };
}

function planeGrid(
  document: LabDocument,
  conv: Convolved,
  channel: number,
  current: MultiplyAdd | null,
  at: { readonly i: number; readonly j: number },
  linked: LinkedCell | null,
): GridModel {
  const { geometry, plane } = conv.trace;
  const { rows, columns } = geometry;
  const here: Mark[] =
    current?.c === channel ? [{ row: current.row, column: current.column, kind: 'current' }] : [];
  const window: Mark[] =
    rows.dilation > 1 ? sourcesOf(geometry, at.i, at.j).map((cell) => ({ ...cell, kind: 'window' })) : [];
  return {
    ...plainGrid(
      `plane-${channel}`,
      [rows.size, columns.size],
      plane,
      channel * rows.size * columns.size,
      extentFor(document.input.data),
    ),
    kinds: planeKinds(geometry),
    unread: unreadCells(geometry),
    marks: [...window, ...planeMarks(conv, linked), ...here],
    frame: windowFrame(conv, at),
  };
}

export function kernelGrid(
  document: LabDocument,
  filter: number,
  channel: number,
  current: MultiplyAdd | null,
): GridModel {
  const { kernel } = document;
  const [, channels, rows, columns] = kernel.shape;
  const offset = (filter * channels + channel) * rows * columns;
  const isHere = current !== null && current.f === filter && current.c === channel;
  return {
    ...plainGrid(`kernel-${channel}`, [rows, columns], kernel.data, offset, extentFor(kernel.data)),
    marks: isHere ? [{ row: current.kernelRow, column: current.kernelColumn, kind: 'current' }] : noMarks,
  };
}

export interface GradientStageModel {
  readonly kind: 'gradient';
  readonly stage: GradientStage;
  readonly plane: GridModel;
  readonly outputGradient: GridModel;
  readonly weights: GridModel;
  readonly current: GradientTerm | null;
  readonly done: number;
}

export function gradientStageModel(document: LabDocument, conv: Convolved): GradientStageModel {
  const { geometry } = conv.trace;
  const { rows, columns } = geometry;
  const stage = gradientOf(conv, document);
  const { weight } = document;
  const done = Math.min(document.steps.gradient, stage.terms.length);
  const current = stage.terms[done - 1] ?? null;
  const cells = rows.output * columns.output;
  const kernelCells = rows.kernel * columns.kernel;
  const plane = planeGrid(document, conv, weight.c, null, { i: 0, j: 0 }, null);
  const isDone = done === stage.terms.length;
  return {
    kind: 'gradient',
    stage,
    current,
    done,
    plane: {
      ...plane,
      id: 'gradient-plane',
      frame: null,
      marks: [
        ...stage.terms.map((term): Mark => ({ row: term.planeRow, column: term.planeColumn, kind: 'met' })),
        ...(current === null
          ? []
          : [{ row: current.planeRow, column: current.planeColumn, kind: 'current' } as const]),
      ],
    },
    outputGradient: {
      ...plainGrid(
        'gradient-dy',
        [rows.output, columns.output],
        stage.outputGradient,
        weight.f * cells,
        extentFor(stage.outputGradient),
      ),
      marks: current === null ? noMarks : [{ row: current.row, column: current.column, kind: 'current' }],
    },
    weights: {
      ...plainGrid(
        'gradient-dw',
        [rows.kernel, columns.kernel],
        stage.weights,
        (weight.f * geometry.channels + weight.c) * kernelCells,
        extentFor(stage.weights),
      ),
      partial: isDone ? null : { row: weight.i, column: weight.j, value: current?.sum ?? 0 },
      marks: [{ row: weight.i, column: weight.j, kind: 'current' }],
    },
  };
}
