/** Figures of tiles for each kind of adapter, measured on lavapipe, an H100 and an H200 (docs/kernels.md). */
import type { KernelTarget } from '@/engine/webgpu/kernels/convShape';

export interface TileRules {
  /** Invocations of a workgroup, and of fprop: those seldom share a dispatch, whose parts share its memory. */
  readonly lanes: number;
  readonly fpropLanes: number;
  /** Most rows and columns of a lane. */
  readonly rows: number;
  readonly columns: number;
  /** Most lanes that share a sum, and one of fprop. */
  readonly sumLanes: number;
  readonly fpropSumLanes: number;
  /** So many workgroups keep the adapter busy, and so many of an input gradient that does not go through workgroup memory. */
  readonly wantedGroups: number;
  readonly wantedDgrad: number;
  /** Pixels of one partial sum of a weight gradient: few enough for the rounding, enough to be worth the addition. */
  readonly longestSplit: number;
  readonly shortestSplit: number;
  /** Most partial sums of one gradient: the optimizer adds them one after the other. */
  readonly mostSplits: number;
  /** Pixels side by side that a lane takes together where it takes rows of the window. */
  readonly patchPixels: number;
  /** So many partial sums are loaded before the first is added, so that they wait for memory together. */
  readonly partsAtOnce: number;
  /** Whether compilers may unroll loops of known length: a software adapter's takes seconds over them. */
  readonly unrolls: boolean;
  /** Workgroups from which tiles go through workgroup memory: fprop, and dgrad, whose weights meet in no cache line. */
  readonly tiledFprop: number;
  readonly tiledDgrad: number;
  /** Multiply-adds of a weight gradient from which twice the workgroups pay. */
  readonly largeWgrad: number;
  /**
   * Share of a window's taps inside the image up to which the others are left out: above it, not worth reading another image in each
   * lane.
   */
  readonly mostInside: number;
  /**
   * Multiply-adds up to which kernels that do not depend on each other become one dispatch. Larger ones fill the adapter alone, and
   * one kernel for both would take the registers and workgroup memory of both.
   */
  readonly mostMerged: number;
}

const softwareRules: TileRules = {
  lanes: 64,
  fpropLanes: 64,
  rows: 4,
  columns: 16,
  sumLanes: 1,
  fpropSumLanes: 1,
  wantedGroups: 32,
  wantedDgrad: 16,
  longestSplit: 512,
  shortestSplit: 64,
  mostSplits: Number.POSITIVE_INFINITY,
  patchPixels: 4,
  partsAtOnce: 1,
  unrolls: false,
  tiledFprop: Number.POSITIVE_INFINITY,
  tiledDgrad: Number.POSITIVE_INFINITY,
  largeWgrad: Number.POSITIVE_INFINITY,
  mostInside: 0.8,
  mostMerged: Number.POSITIVE_INFINITY,
};

// On real hardware neighbours' loads meet in the cache, and a group of more than a subgroup hides latency better.
const hardwareRules: TileRules = {
  lanes: 64,
  fpropLanes: 128,
  rows: 4,
  columns: 4,
  sumLanes: 8,
  fpropSumLanes: 32,
  wantedGroups: 512,
  wantedDgrad: 1024,
  longestSplit: 512,
  shortestSplit: 64,
  mostSplits: 64,
  patchPixels: 8,
  partsAtOnce: 8,
  unrolls: true,
  tiledFprop: 96,
  tiledDgrad: 48,
  largeWgrad: 2 ** 25,
  mostInside: 0.5,
  mostMerged: 2 ** 27,
};

/** With subgroups a workgroup has as many rows whatever their size: 8 lanes of lavapipe, or 4 without AVX. */
const softwareRows = 32;

/** The adapter's rules, or what a measurement put in their place. */
export function rulesFor({ isSoftware, subgroupSize, rules }: KernelTarget): TileRules {
  if (!isSoftware) return { ...hardwareRules, ...rules };
  if (subgroupSize === undefined) return { ...softwareRules, ...rules };
  return { ...softwareRules, rows: Math.max(1, softwareRows / subgroupSize), ...rules };
}

/** As many columns of a lane as lanes that share their loads hold. */
export const mostBroadcastColumns = softwareRules.columns;
