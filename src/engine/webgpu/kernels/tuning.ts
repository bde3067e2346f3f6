/**
 * Which tile a kernel uses: by the rules (tileRules.ts), on top of which a measurement on the adapter (tileTuning.ts) may choose
 * others. It never changes in which order a sum is added up, which follows from the rules alone: so no result depends on a stopwatch.
 */
import type { TileChoice } from '@/model/tileChoices';
import type { KernelTarget } from '@/engine/webgpu/kernels/convShape';
import type { WgradTile } from '@/engine/webgpu/kernels/wgradPlan';
import { ceilDiv, joinedBytes, mostWorkgroupBytes, type Tile } from '@/engine/webgpu/kernels/gemmTile';
import { mostBroadcastColumns, rulesFor, type TileRules } from '@/engine/webgpu/kernels/tileRules';

/** Whether a lane may take a whole row of the window: where loads are shared, and on real GPUs. */
export const patchesRows = (target: KernelTarget): boolean => broadcastsLoads(target) || !target.isSoftware;

/** Pixels that a lane of patches takes at least. */
const shortestPatch = 16;

/** Columns of a tile for `channels`: all of a few, else as much of 16 as leaves little over. */
function columnsFor(channels: number, most: number): number {
  if (channels <= most) return ceilDiv(channels, 4) * 4;
  const candidates = [most, most - 4, most / 2].filter((columns) => columns >= 4 && columns % 4 === 0);
  const waste = (columns: number): number => ceilDiv(channels, columns) * columns;
  return candidates.reduce((best, columns) => (waste(columns) < waste(best) ? columns : best));
}

/** Whether a workgroup is a subgroup whose lanes hand their loads round. */
const broadcastsLoads = ({ isSoftware, subgroupSize }: KernelTarget): boolean =>
  isSoftware && subgroupSize !== undefined;

type LanesTile = Pick<
  Tile,
  'lanes' | 'columnLanes' | 'columns' | 'subgroupBroadcast' | 'unrolls' | 'workgroupTiling'
>;

function lanesTile(
  target: KernelTarget,
  { lanes, columns, unrolls }: TileRules,
  channels: number,
): LanesTile {
  const { isSoftware, subgroupSize } = target;
  if (isSoftware && subgroupSize !== undefined) {
    const own = columnsFor(channels, columns);
    return {
      lanes: subgroupSize,
      columnLanes: 1,
      columns: own,
      subgroupBroadcast: true,
      unrolls: false,
      workgroupTiling: false,
    };
  }
  const own = isSoftware ? 4 : columnsFor(channels, columns);
  const columnLanes = [8, 4, 2].find((count) => count * own <= channels) ?? 1;
  return { lanes, columnLanes, columns: own, subgroupBroadcast: false, unrolls, workgroupTiling: false };
}

/**
 * On software a 3 x 3 window of one channel has so few products that loading it and finding its place is most of the work: a lane
 * takes twice the columns (VGG-2's first layer: 40 % faster in fprop, 30 % in dgrad).
 */
function columnsForFew(products: number, target: KernelTarget, rules: TileRules): TileRules {
  return broadcastsLoads(target) && products <= 4 ? { ...rules, columns: 2 * rules.columns } : rules;
}

/** Workgroups for `rows` units of rows and `channels` columns. */
function groupsOf(
  tile: LanesTile,
  sumLanes: number,
  perLane: number,
  rows: number,
  channels: number,
): number {
  const rowLanes = tile.lanes / tile.columnLanes / sumLanes;
  return ceilDiv(rows, rowLanes * perLane) * ceilDiv(channels, tile.columns * tile.columnLanes);
}

/** Columns of a lane as chosen, where they still are vectors and not more than there are channels. */
function chosenColumns({ columns, columnLanes }: Tile, factor: number, channels: number): number {
  const chosen = columns * factor;
  return chosen % 4 === 0 && chosen * columnLanes < channels + 4 * columnLanes ? chosen : columns;
}

export interface FpropDgradSize {
  /** Windows of pixels, and pixels of each; of one phase of a strided gradient, and how many phases meet any weights. */
  readonly rows: number;
  readonly phases: number;
  readonly window: number;
  readonly channels: number;
  /** Products that the innermost loop adds up. */
  readonly run: number;
  readonly direction: 'fprop' | 'dgrad';
  /** Share of the window's taps that lie in the image. */
  readonly inside: number;
  /** Pixels of a row of the output. */
  readonly width: number;
}

/** Lanes of a tile through workgroup memory, which it fills. */
const workgroupTileLanes = 64;

/** A tile through workgroup memory, where there are enough of them. */
function workgroupTile(size: FpropDgradSize, target: KernelTarget, rules: TileRules): Tile | null {
  const { rows, phases, window, channels, run, direction } = size;
  if (window > 1 || run % 4 !== 0 || run < 32) return null;
  const fewestGroups = direction === 'fprop' ? rules.tiledFprop : rules.tiledDgrad;
  // Wide tiles load less and leave fewer groups.
  for (const { columns, fewestLanes, groups } of [
    { columns: 8, fewestLanes: 8, groups: Math.max(rules.wantedGroups, fewestGroups) },
    { columns: 4, fewestLanes: 4, groups: fewestGroups },
  ]) {
    const tile = {
      ...lanesTile(target, { ...rules, columns, lanes: workgroupTileLanes }, channels),
      workgroupTiling: true,
      rows: 4,
      sumLanes: 1,
      skipsOutside: size.inside <= rules.mostInside,
    };
    const { lanes, columnLanes } = tile;
    const isFilled =
      columnLanes >= fewestLanes && lanes === workgroupTileLanes && channels % (columnLanes * columns) === 0;
    if (isFilled && phases * groupsOf(tile, 1, 4, rows, channels) >= groups) return tile;
  }
  return null;
}

/**
 * Whether a lane takes twice the columns: measured on an H100 to pay where windows are few, so that loads are not shared by enough
 * products, and channels many (ResNet-18's convolutions a third faster; VGG-2's 64 -> 64 of 28 x 28 and Linear layers slower).
 */
function mayWiden(tile: LanesTile, rows: number, channels: number, run: number): boolean {
  const wide = tile.columnLanes * tile.columns;
  return tile.columns === 4 && channels % (2 * wide) === 0 && run >= 64 && rows >= 256 && rows <= 16384;
}

/** Whether a choice of subgroups can stand in for the rule's tile: one whose lanes share a sum adds it up in another order. */
function maySwap(tile: Tile, { subgroupBroadcast }: TileChoice, { subgroupSize }: KernelTarget): boolean {
  return subgroupBroadcast && !tile.subgroupBroadcast && tile.sumLanes === 1 && subgroupSize !== undefined;
}

/** The tile with one subgroup a workgroup, whose lanes hand their loads round. */
function swapped<T extends Tile>(tile: T, { subgroupSize = tile.lanes }: KernelTarget, channels: number): T {
  return {
    ...tile,
    lanes: subgroupSize,
    columnLanes: 1,
    columns: columnsFor(channels, mostBroadcastColumns),
    subgroupBroadcast: true,
    workgroupTiling: false,
  };
}

export function fpropDgradTile(size: FpropDgradSize, target: KernelTarget): Tile {
  const tile = ruleFpropDgradTile(size, target);
  const choice = target.choices?.fpropDgrad;
  if (choice === undefined) return tile;
  if (maySwap(tile, choice, target)) return swapped(tile, target, size.channels);
  // Staged tiles fill workgroup memory as they are.
  if (tile.workgroupTiling && choice.workgroupTiling) return tile;
  const perLane = Math.max(1, Math.floor((tile.rows / size.window) * choice.rows));
  const chosen = {
    ...tile,
    rows: perLane * size.window,
    columns: chosenColumns(tile, choice.columns, size.channels),
    workgroupTiling: false,
  };
  return tile.sumLanes > 1 && !joins(chosen, chosen.rows) ? tile : chosen;
}

/**
 * Products of a window's row up to which a lane takes it whole, in fprop for windows side by side: more would be too many to write out.
 */
export const longestPatchedRun = 8;

/** Pixels of the even parts of a row that lanes of at most `most` pixels take. */
const evenPart = (width: number, most: number): number => ceilDiv(width, ceilDiv(width, Math.ceil(most)));

/** Whether lanes can add the sums of so many rows in workgroup memory. */
const joins = (tile: LanesTile, rows: number): boolean =>
  joinedBytes(tile, rows * (tile.columns / 4)) <= mostWorkgroupBytes;

/** The rules with what is their own for one direction in its place. */
function directedRules(rules: TileRules, direction: FpropDgradSize['direction']): TileRules {
  return direction === 'fprop'
    ? { ...rules, lanes: rules.fpropLanes, sumLanes: rules.fpropSumLanes }
    : { ...rules, wantedGroups: rules.wantedDgrad };
}

function ruleFpropDgradTile(size: FpropDgradSize, target: KernelTarget): Tile {
  const { rows, phases, window, channels, run, direction, width } = size;
  const own = rulesFor(target);
  const directed = directedRules(own, direction);
  // A lane holds a whole window of the pool: with a large one twice the lanes have no room to add their sums.
  const rules = window > 4 ? { ...directed, lanes: own.lanes } : directed;
  const isWide = target.isSoftware && window > 4;
  const tiled = workgroupTile(size, target, own);
  if (tiled !== null) return tiled;
  let tile = lanesTile(
    target,
    isWide ? { ...rules, columns: 4 } : columnsForFew(run, target, rules),
    channels,
  );
  if (!target.isSoftware && mayWiden(tile, rows, channels, run))
    tile = { ...tile, columns: 2 * tile.columns };
  let perLane = Math.max(1, Math.floor(rules.rows / window));
  let sumLanes = 1;
  // Lanes would be idle.
  while (tile.subgroupBroadcast && perLane > 1 && rows <= (tile.lanes * perLane) / 2) perLane /= 2;
  const groups = (): number => phases * groupsOf(tile, sumLanes, perLane, rows, channels);
  while (perLane > 1 && groups() < rules.wantedGroups) perLane /= 2;
  const fits = joins(tile, Math.ceil(perLane) * window);
  const mayShare = (count: number): boolean =>
    fits && count <= Math.min(rules.sumLanes, tile.lanes / tile.columnLanes) && run >= 8 * count;
  while (mayShare(2 * sumLanes) && groups() < rules.wantedGroups) sumLanes *= 2;
  const skipsOutside = window === 1 && size.inside <= rules.mostInside;
  if (tile.subgroupBroadcast && direction === 'fprop' && run <= longestPatchedRun)
    perLane = evenPart(width, perLane);
  return { ...tile, rows: Math.ceil(perLane) * window, sumLanes, skipsOutside };
}

export interface WgradSize {
  /** Groups of 4 weights. */
  readonly rows: number;
  /** Pixels that are summed over. */
  readonly pixels: number;
  readonly channels: number;
  /** Whether a lane takes a whole row of the window, so that `rows` are those (wgradPatch.ts). */
  readonly patches: boolean;
}

export function wgradTile(size: WgradSize, target: KernelTarget): WgradTile {
  const tile = ruleWgradTile(size, target);
  const choice = target.choices?.wgrad;
  if (choice === undefined || size.patches) return tile;
  if (maySwap(tile, choice, target)) return swapped(tile, target, size.channels);
  // No kernel of weight gradients holds more than two groups a lane.
  const rows = Math.min(2, Math.max(1, Math.floor(tile.rows * choice.rows)));
  return { ...tile, rows, columns: chosenColumns(tile, choice.columns, size.channels) };
}

/** Lanes of a workgroup that takes patches on a real GPU: its sums fill workgroup memory. */
const patchLanes = 128;

/** The next power of 2. */
const powerAbove = (count: number): number => 2 ** Math.ceil(Math.log2(count));

/** Lanes for all columns and rows of the window; the others take other pixels. */
function patchTile({ rows, pixels, channels }: WgradSize, rules: TileRules): WgradTile {
  const { longestSplit, mostSplits, unrolls, patchPixels } = rules;
  const columnLanes = Math.min(8, powerAbove(ceilDiv(channels, 4)));
  const sumLanes = Math.max(1, patchLanes / columnLanes / powerAbove(rows));
  const shortest = shortestPatch * sumLanes;
  const splits = Math.max(
    Math.min(mostSplits, ceilDiv(pixels, shortest)),
    ceilDiv(pixels, longestSplit * sumLanes),
  );
  return {
    lanes: patchLanes,
    columnLanes,
    sumLanes,
    rows: 1,
    columns: 4,
    subgroupBroadcast: false,
    workgroupTiling: false,
    unrolls,
    pixels: patchPixels,
    splits,
    patches: true,
  };
}

function ruleWgradTile(size: WgradSize, target: KernelTarget): WgradTile {
  const { rows, pixels, channels, patches } = size;
  const rules = rulesFor(target);
  if (patches && !target.isSoftware) return patchTile(size, rules);
  const { longestSplit, shortestSplit, mostSplits } = rules;
  const isLarge = 4 * rows * pixels * channels >= rules.largeWgrad;
  const wantedGroups = rules.wantedGroups * (isLarge ? 2 : 1);
  const tile = lanesTile(target, columnsForFew(rows, target, rules), channels);
  // Two groups in one workgroup where they are all there is: the other operand is loaded once.
  let perLane = tile.subgroupBroadcast && rows > tile.lanes && rows <= 2 * tile.lanes ? 2 : 1;
  let sumLanes = 1;
  const groups = (): number => groupsOf(tile, sumLanes, perLane, rows, channels);
  const mayShare = (count: number): boolean =>
    count <= Math.min(rules.sumLanes, tile.lanes / tile.columnLanes) && pixels >= 8 * count;
  while (mayShare(2 * sumLanes) && groups() < wantedGroups) sumLanes *= 2;
  // Where there is work enough, on a real GPU: the place of a pixel is computed once for both.
  const mostParts = ceilDiv(pixels, longestSplit * sumLanes);
  if (!target.isSoftware && groupsOf(tile, sumLanes, 2, rows, channels) * mostParts >= wantedGroups)
    perLane = 2;
  // As many pixels a step as fill the lanes' shared loads.
  const step = tile.subgroupBroadcast
    ? Math.min(4, Math.max(2, Math.floor((tile.lanes * 4) / tile.columns)))
    : 2;
  const wanted = Math.max(ceilDiv(wantedGroups, groups()), ceilDiv(pixels, longestSplit * sumLanes));
  const splits = Math.min(wanted, mostSplits, ceilDiv(pixels, shortestSplit));
  const perSplit = ceilDiv(ceilDiv(pixels, splits), step) * step;
  const splitTile = { ...tile, sumLanes, splits: ceilDiv(pixels, perSplit), patches };
  // Of patches a lane takes one row; where lanes are few, another workgroup takes the others.
  if (patches) return { ...splitTile, rows: 1, pixels: rules.patchPixels };
  return { ...splitTile, rows: perLane, pixels: step };
}
