/** Which tile a kernel uses: by rule, or as a measurement on the adapter chose. */
import type { KernelTarget } from '@/engine/webgpu/kernels/convShape';
import type { ReduceTile } from '@/engine/webgpu/kernels/convReduce';
import { ceilDiv, type Tile } from '@/engine/webgpu/kernels/gemmTile';

/** Columns of a tile for `channels`: all of a few, else as much of 16 as leaves little over. */
function columnsFor(channels: number, most: number): number {
  if (channels <= most) return ceilDiv(channels, 4) * 4;
  const candidates = [most, most - 4, most / 2].filter((columns) => columns >= 4 && columns % 4 === 0);
  const waste = (columns: number): number => ceilDiv(channels, columns) * columns;
  return candidates.reduce((best, columns) => (waste(columns) < waste(best) ? columns : best));
}

function lanesFor({ isSoftware, subgroupSize }: KernelTarget, channels: number) {
  // On real hardware neighbours' loads meet in the cache, and a group of more than a subgroup hides latency better.
  if (isSoftware && subgroupSize !== undefined) return { lanes: subgroupSize, columnLanes: 1, shares: true };
  const columns = 4;
  const columnLanes = [8, 4, 2].find((count) => count * columns <= channels) ?? 1;
  return { lanes: 64, columnLanes, shares: false };
}

// Pixels of one partial sum of a weight gradient: few enough for the rounding, enough to be worth the addition.
const longestSplit = 512;
const shortestSplit = 64;

// So many workgroups keep a machine busy.
const wantedGroups = ({ isSoftware }: KernelTarget): number => (isSoftware ? 32 : 512);

/** For `rows` windows of `window` pixels and `channels` columns. */
export function gatherTile(
  label: string,
  rows: number,
  window: number,
  channels: number,
  target: KernelTarget,
): Tile {
  const chosen = parseChoice(target.choices?.get(label));
  const { lanes, columnLanes, shares } = lanesFor(target, channels);
  const columns = (chosen?.columns ?? shares) ? columnsFor(channels, window > 4 ? 4 : 16) : 4;
  if (chosen !== null)
    return { lanes, columnLanes, shares, columns, rows: ceilDiv(chosen.rows, window) * window };
  let perLane = Math.max(1, Math.floor(4 / window));
  const groups = (): number =>
    ceilDiv(rows, (lanes / columnLanes) * perLane) * ceilDiv(channels, columns * columnLanes);
  while (perLane > 1 && groups() < wantedGroups(target)) perLane /= 2;
  return { lanes, columnLanes, shares, columns, rows: Math.ceil(perLane) * window };
}

/** Names of tiles that are worth a measurement: rows x columns of a lane. */
export function candidates({ isSoftware, subgroupSize }: KernelTarget): readonly string[] {
  if (!isSoftware) return ['2x4', '4x4', '8x4', '4x8', '8x8'];
  return subgroupSize === undefined ? ['2x4', '4x4', '4x8'] : ['1x16', '2x8', '2x16', '4x8', '4x16'];
}

interface Choice {
  readonly rows: number;
  readonly columns: number;
}

function parseChoice(text: string | undefined): Choice | null {
  const match = /^(\d+)x(\d+)$/.exec(text ?? '');
  return match === null ? null : { rows: Number(match[1]), columns: Number(match[2]) };
}

/** For `rows` groups of 4 weights, `channels` columns and sums over `pixels`. */
export function reduceTile(
  label: string,
  rows: number,
  pixels: number,
  channels: number,
  target: KernelTarget,
): ReduceTile {
  const chosen = parseChoice(target.choices?.get(label));
  const { lanes, columnLanes, shares } = lanesFor(target, channels);
  const columns = (chosen?.columns ?? shares) ? columnsFor(channels, 16) : 4;
  // Two groups in one workgroup where they are all there is: the other operand is loaded once.
  const perLane = chosen?.rows ?? (shares && rows > lanes && rows <= 2 * lanes ? 2 : 1);
  const tiles = ceilDiv(rows, (lanes / columnLanes) * perLane) * ceilDiv(channels, columns * columnLanes);
  // As many pixels a step as fill the lanes' shared loads.
  const step = shares ? Math.min(4, Math.max(2, Math.floor((lanes * 4) / columns))) : 2;
  const wanted = Math.max(ceilDiv(wantedGroups(target), tiles), ceilDiv(pixels, longestSplit));
  const splits = Math.min(wanted, ceilDiv(pixels, shortestSplit));
  const perSplit = ceilDiv(ceilDiv(pixels, splits), step) * step;
  return {
    lanes,
    columnLanes,
    shares,
    columns,
    rows: perLane,
    pixels: step,
    splits: ceilDiv(pixels, perSplit),
  };
}
