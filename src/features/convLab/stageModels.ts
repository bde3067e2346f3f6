/** The grids of each stage at a step, and what happens there; pure, so that the screen and the exports agree. */
import type { MultiplyAdd } from '@/conv/trace';
import { dilatedSize, firstChannel, readsChannel } from '@/conv/geometry';
import { readersOf, sourcesOf } from '@/conv/relations';
import type { GradientTerm } from '@/conv/gradient';
import { gradientOf, pointwise, type Convolved, type GradientStage } from '@/features/convLab/convLabDerived';
import type { LabDocument, LabTensor, LinkedCell } from '@/features/convLab/convLabState';
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

/** A convolution as a stage shows it, at a step. */
export interface ConvView {
  readonly conv: Convolved;
  readonly kernel: LabTensor;
  readonly bias: readonly number[];
  readonly step: number;
  /** Value of the input's strongest colour. */
  readonly inputExtent: number;
}

export function convView(document: LabDocument, conv: Convolved): ConvView {
  const { kernel, bias, steps, input } = document;
  return { conv, kernel, bias, step: steps.conv, inputExtent: extentFor(input.data) };
}

/** The 1 x 1 convolution behind it, which reads its output. */
export function pointwiseView(document: LabDocument, conv: Convolved): ConvView {
  return {
    conv: pointwise(conv, document),
    kernel: document.pointwise,
    bias: [],
    step: document.steps.pointwise,
    inputExtent: extentFor(conv.output.data),
  };
}

export interface ConvStageModel {
  /** The sum that is under way, or about to begin: all its terms, in order. */
  readonly window: readonly MultiplyAdd[];
  /** Terms of it that are done. */
  readonly done: number;
  /** The last multiply-add done, or null at the very beginning. */
  readonly current: MultiplyAdd | null;
  readonly filter: number;
  readonly channels: readonly number[];
  readonly planes: readonly GridModel[];
  /** Null beside a channel that the filter does not read. */
  readonly kernels: readonly (GridModel | null)[];
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

function planeMarks(conv: Convolved, channel: number, linked: LinkedCell | null): Mark[] {
  if (linked?.kind !== 'output' || !readsChannel(conv.trace.geometry, linked.filter, channel)) return [];
  return sourcesOf(conv.trace.geometry, linked.row, linked.column).map((cell) => ({
    ...cell,
    kind: 'linked',
  }));
}

function outputMarks(conv: Convolved, filter: number, linked: LinkedCell | null): Mark[] {
  if (linked?.kind !== 'plane' || !readsChannel(conv.trace.geometry, filter, linked.channel)) return [];
  return readersOf(conv.trace.geometry, linked.row, linked.column).map((cell) => ({
    ...cell,
    kind: 'linked',
  }));
}

export function convStageModel(
  view: ConvView,
  pickedFilter: number | null,
  linked: LinkedCell | null,
): ConvStageModel {
  const { conv, kernel } = view;
  const { trace, output } = conv;
  const { geometry } = trace;
  const step = Math.min(view.step, trace.length);
  const window = trace.window(Math.max(0, step - 1));
  const done = step === 0 ? 0 : ((step - 1) % geometry.windowLength) + 1;
  const current = done === 0 ? null : (window[done - 1] ?? null);
  const first = window[0];
  const at = { f: first?.f ?? 0, i: first?.i ?? 0, j: first?.j ?? 0 };
  const filter = Math.min(pickedFilter ?? at.f, geometry.filters - 1);
  const channel = current?.channel ?? 0;
  const channels =
    geometry.channels <= mostChannelsShown
      ? Array.from({ length: geometry.channels }, (_value, c) => c)
      : [channel];
  return {
    window,
    done,
    current,
    filter,
    channels,
    planes: channels.map((c) => planeGrid(view, c, current, at, linked)),
    kernels: channels.map((c) => {
      if (!readsChannel(geometry, filter, c)) return null;
      const grid = kernelGrid(kernel, filter, c - firstChannel(geometry, filter), current);
      return { ...grid, id: `kernel-${c}` };
    }),
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
          ...outputMarks(conv, f, linked),
          ...(running ? [{ row: at.i, column: at.j, kind: 'current' } as const] : []),
        ],
      };
    }),
  };
}

function planeGrid(
  { conv, inputExtent }: Pick<ConvView, 'conv' | 'inputExtent'>,
  channel: number,
  current: MultiplyAdd | null,
  at: { readonly f: number; readonly i: number; readonly j: number },
  linked: LinkedCell | null,
): GridModel {
  const { geometry, plane } = conv.trace;
  const { rows, columns } = geometry;
  const isRead = readsChannel(geometry, at.f, channel);
  const here: Mark[] =
    current?.channel === channel ? [{ row: current.row, column: current.column, kind: 'current' }] : [];
  const window: Mark[] =
    isRead && rows.dilation > 1
      ? sourcesOf(geometry, at.i, at.j).map((cell) => ({ ...cell, kind: 'window' }))
      : [];
  return {
    ...plainGrid(
      `plane-${channel}`,
      [rows.size, columns.size],
      plane,
      channel * rows.size * columns.size,
      inputExtent,
    ),
    kinds: planeKinds(geometry),
    unread: unreadCells(geometry),
    marks: [...window, ...planeMarks(conv, channel, linked), ...here],
    frame: isRead ? windowFrame(conv, at) : null,
  };
}

/** @param channel in the kernel, that is of the filter's group */
export function kernelGrid(
  kernel: LabTensor,
  filter: number,
  channel: number,
  current: MultiplyAdd | null,
): GridModel {
  const [, channels, rows, columns] = kernel.shape;
  const offset = (filter * channels + channel) * rows * columns;
  const isHere = current !== null && current.f === filter && current.c === channel;
  return {
    ...plainGrid(`kernel-${channel}`, [rows, columns], kernel.data, offset, extentFor(kernel.data)),
    marks: isHere ? [{ row: current.kernelRow, column: current.kernelColumn, kind: 'current' }] : noMarks,
  };
}

export interface GradientStageModel {
  readonly stage: GradientStage;
  /** Of the input, that the weight meets. */
  readonly channel: number;
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
  const channel = firstChannel(geometry, weight.f) + weight.c;
  const plane = planeGrid(convView(document, conv), channel, null, { f: weight.f, i: 0, j: 0 }, null);
  const isDone = done === stage.terms.length;
  return {
    stage,
    channel,
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
        (weight.f * geometry.channelsOfGroup + weight.c) * kernelCells,
        extentFor(stage.weights),
      ),
      partial: isDone ? null : { row: weight.i, column: weight.j, value: current?.sum ?? 0 },
      marks: [{ row: weight.i, column: weight.j, kind: 'current' }],
    },
  };
}
