/** ReLU and the poolings at a step, as grids. */
import type { ConvResult } from '@/conv/convolution';
import type { Addition, Comparison, MaxPoolTrace, PoolStep, PoolTrace } from '@/conv/stages';
import { activated, type Convolved } from '@/features/convLab/convLabDerived';
import type { LabDocument } from '@/features/convLab/convLabState';
import {
  extentFor,
  type GridModel,
  type Mark,
  noMarks,
  plainGrid,
  planeKinds,
  unreadCells,
} from '@/features/convLab/gridModel';

export interface MapStageModel {
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

/** What both poolings show. */
export interface PoolStageModel<Step extends PoolStep> {
  readonly inputs: readonly GridModel[];
  readonly outputs: readonly GridModel[];
  readonly window: readonly Step[];
  readonly done: number;
  readonly current: Step | null;
}

/**
 * @param id of the stage, of which those of its grids are made
 * @param valueOf the output as far as a step has brought it
 * @param marked cells that a step marks beside the one that it looks at
 */
function poolStage<Step extends PoolStep>(
  id: string,
  source: ConvResult,
  pool: PoolTrace<Step>,
  steps: number,
  valueOf: (step: Step) => number,
  marked: (step: Step) => readonly Mark[],
): PoolStageModel<Step> {
  const [, , outRows, outColumns] = pool.output.shape;
  const { rows, columns } = pool;
  const step = Math.min(steps, pool.length);
  const window = pool.window(Math.max(0, step - 1));
  const done = step === 0 ? 0 : ((step - 1) % pool.windowLength) + 1;
  const current = done === 0 ? null : (window[done - 1] ?? null);
  const { c = 0, i = 0, j = 0 } = window[0] ?? {};
  const extent = extentFor(source.data);
  const cells = outRows * outColumns;
  const all = Array.from({ length: source.shape[1] }, (_value, filter) => filter);
  const isHere = (filter: number): boolean => filter === c && current !== null;
  return {
    window,
    done,
    current,
    inputs: all.map((filter) => ({
      ...plainGrid(
        `${id}-in-${filter}`,
        [rows.size, columns.size],
        pool.plane,
        filter * rows.size * columns.size,
        extent,
      ),
      kinds: planeKinds(pool),
      unread: unreadCells(pool),
      frame:
        filter === c
          ? { row: i * rows.step, column: j * columns.step, rows: rows.kernel, columns: columns.kernel }
          : null,
      marks:
        current !== null && isHere(filter)
          ? [...marked(current), { row: current.row, column: current.column, kind: 'current' }]
          : noMarks,
    })),
    outputs: all.map((filter) => ({
      ...plainGrid(`${id}-out-${filter}`, [outRows, outColumns], pool.output.data, filter * cells, extent),
      shown: Math.max(0, Math.min(cells, Math.floor(step / pool.windowLength) - filter * cells)),
      partial:
        current !== null && isHere(filter) && done < pool.windowLength
          ? { row: i, column: j, value: valueOf(current) }
          : null,
      marks: isHere(filter) ? [{ row: i, column: j, kind: 'current' }] : noMarks,
    })),
  };
}

export function maxPoolModel(
  document: LabDocument,
  conv: Convolved,
  pool: MaxPoolTrace,
): PoolStageModel<Comparison> {
  return poolStage(
    'pool',
    activated(conv),
    pool,
    document.steps.pool,
    ({ largest }) => largest,
    ({ largestRow, largestColumn }) => [{ row: largestRow, column: largestColumn, kind: 'linked' }],
  );
}

export function avgPoolModel(
  document: LabDocument,
  conv: Convolved,
  pool: PoolTrace<Addition>,
): PoolStageModel<Addition> {
  return poolStage(
    'avg-pool',
    activated(conv),
    pool,
    document.steps.avgPool,
    ({ sum }) => sum,
    () => noMarks,
  );
}
