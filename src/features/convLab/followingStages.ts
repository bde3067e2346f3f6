/** ReLU and max pooling at a step, as grids. */
import type { Comparison, PoolTrace } from '@/conv/stages';
import { activated, type Convolved } from '@/features/convLab/convLabDerived';
import type { LabDocument } from '@/features/convLab/convLabState';
import {
  extentFor,
  type GridModel,
  type Mark,
  noMarks,
  plainGrid,
  unreadCells,
} from '@/features/convLab/gridModel';

export interface MapStageModel {
  readonly kind: 'relu';
  readonly inputs: readonly GridModel[];
  readonly outputs: readonly GridModel[];
  /** The value that was just passed through, or null at the beginning. */
  readonly current: {
    readonly f: number;
    readonly i: number;
    readonly j: number;
    readonly before: number;
    readonly after: number;
  } | null;
}

export function reluStageModel(document: LabDocument, conv: Convolved): MapStageModel {
  const { output } = conv;
  const [, filters, rows, columns] = output.shape;
  const after = activated(conv);
  const step = Math.min(document.steps.relu, output.data.length);
  const cells = rows * columns;
  const last = step - 1;
  const f = Math.floor(last / cells);
  const position = { f, i: Math.floor((last % cells) / columns), j: last % columns };
  const marksOf = (filter: number): readonly Mark[] =>
    step > 0 && f === filter ? [{ row: position.i, column: position.j, kind: 'current' }] : noMarks;
  const extent = extentFor(output.data);
  const all = Array.from({ length: filters }, (_value, filter) => filter);
  return {
    kind: 'relu',
    inputs: all.map((filter) => ({
      ...plainGrid(`relu-in-${filter}`, [rows, columns], output.data, filter * cells, extent),
      marks: marksOf(filter),
    })),
    outputs: all.map((filter) => ({
      ...plainGrid(`relu-out-${filter}`, [rows, columns], after.data, filter * cells, extent),
      shown: Math.max(0, Math.min(cells, step - filter * cells)),
      marks: marksOf(filter),
    })),
    current:
      step === 0 ? null : { ...position, before: output.data[last] ?? 0, after: after.data[last] ?? 0 },
  };
}

export interface PoolStageModel {
  readonly kind: 'pool';
  readonly inputs: readonly GridModel[];
  readonly outputs: readonly GridModel[];
  readonly window: readonly Comparison[];
  readonly done: number;
  readonly current: Comparison | null;
}

export function poolStageModel(document: LabDocument, conv: Convolved, pool: PoolTrace): PoolStageModel {
  const source = activated(conv);
  const [, filters, rows, columns] = source.shape;
  const [, , outRows, outColumns] = pool.output.shape;
  const { kernelSize, stride } = document.pool;
  const step = Math.min(document.steps.pool, pool.length);
  const window = pool.window(Math.max(0, step - 1));
  const done = step === 0 ? 0 : ((step - 1) % pool.windowLength) + 1;
  const current = done === 0 ? null : (window[done - 1] ?? null);
  const { c = 0, i = 0, j = 0 } = window[0] ?? {};
  const extent = extentFor(source.data);
  const cells = outRows * outColumns;
  const all = Array.from({ length: filters }, (_value, filter) => filter);
  return {
    kind: 'pool',
    window,
    done,
    current,
    inputs: all.map((filter) => ({
      ...plainGrid(`pool-in-${filter}`, [rows, columns], source.data, filter * rows * columns, extent),
      unread: unreadCells(pool),
      frame:
        filter === c ? { row: i * stride, column: j * stride, rows: kernelSize, columns: kernelSize } : null,
      marks:
        filter === c && current !== null
          ? [
              { row: current.largestRow, column: current.largestColumn, kind: 'linked' },
              { row: current.row, column: current.column, kind: 'current' },
            ]
          : noMarks,
    })),
    outputs: all.map((filter) => ({
      ...plainGrid(`pool-out-${filter}`, [outRows, outColumns], pool.output.data, filter * cells, extent),
      shown: Math.max(0, Math.min(cells, Math.floor(step / pool.windowLength) - filter * cells)),
      partial:
        filter === c && current !== null && done < pool.windowLength
          ? { row: i, column: j, value: current.largest }
          : null,
      marks: filter === c && current !== null ? [{ row: i, column: j, kind: 'current' }] : noMarks,
    })),
  };
}
