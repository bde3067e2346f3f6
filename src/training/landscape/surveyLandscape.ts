/**
 * The loss of the network on show on a plane through its weights, point by point in the second engine, while the run trains on. BatchNorm's
 * running statistics are those of the network itself everywhere, and so is whatever else does not move with a direction.
 */
import { EngineError } from '@/engine/engine';
import { openImages } from '@/training/engineHost';
import {
  evaluationsOf,
  leastPathStates,
  type LandscapeFigures,
  type LandscapePlace,
  type LandscapeSettings,
  type LossLandscape,
} from '@/model/lossLandscape';
import type { RunStore } from '@/storage/runs/runStore';
import { EventLoopYielder } from '@/training/eventLoop';
import { flattened, parameterSpans } from '@/training/flatParameters';
import { canBeKept } from '@/training/keepingSchedule';
import { otherParameters, type Centre, type EvaluatingParts } from '@/training/landscape/otherParameters';
import { parametersOf, pathStates, type PathState } from '@/training/landscape/pathStates';
import { principalPlane } from '@/training/landscape/principalPlane';
import { randomDirections } from '@/training/landscape/randomDirections';
import type { ReplayedRun } from '@/training/replay/replayedRun';
import type { Trainer } from '@/training/trainer';
import { NotReadyError } from '@/training/workerError';

export interface LandscapeParts extends EvaluatingParts {
  readonly trainer: Trainer;
  readonly runs: Promise<RunStore>;
  /** The run at hand as it is recorded; null where it is not. */
  readonly recordedRun: () => ReplayedRun | null;
}

/** More states of a run would show the same path, and cost their square. */
const mostStates = 100;

interface Plane extends Pick<LossLandscape, 'x' | 'y' | 'path' | 'explained'> {
  readonly directions: readonly [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>];
}

/**
 * `tell` hears of the evaluations that are done. @throws NotReadyError where network, images or states are not there;
 * DataMissingError; EngineError where the network does not fit a second time; what `signal` was aborted with
 */
export async function surveyLandscape(
  settings: LandscapeSettings,
  parts: LandscapeParts,
  tell: (progress: { readonly done: number }) => void,
  signal: AbortSignal,
): Promise<LossLandscape> {
  const { split, images } = settings;
  const centre = await readCentre(parts.trainer);
  const sets = await openImages(parts.source, centre.config.data);
  if (sets[split === 'train' ? 'training' : 'test'].count < images)
    throw new NotReadyError(`Not all of the ${images} images are there yet.`);
  const yielder = new EventLoopYielder();
  const turn = async (): Promise<void> => {
    await yielder.turn();
    signal.throwIfAborted();
  };
  try {
    const plane =
      settings.plane === 'random'
        ? randomPlane(settings, centre)
        : await pathPlane(settings, centre, parts, turn);
    const evaluate = otherParameters(settings, centre, parts, turn);
    const [dx, dy] = plane.directions;
    const at = (x: number, y: number): Promise<LandscapeFigures> =>
      evaluate((i) => (centre.weights[i] ?? 0) + x * (dx[i] ?? 0) + y * (dy[i] ?? 0));
    const end = await at(0, 0);
    const count = plane.x.length * plane.y.length;
    const loss = new Float64Array(count);
    const accuracy = new Float64Array(count);
    let done = 1;
    for (const [row, y] of plane.y.entries())
      for (const [column, x] of plane.x.entries()) {
        // oxlint-disable-next-line no-await-in-loop -- one engine
        const figures = await at(x, y);
        const place = row * plane.x.length + column;
        loss[place] = figures.loss;
        accuracy[place] = figures.accuracy;
        done += 1;
        tell({ done: done / evaluationsOf(settings) });
      }
    const { directions: _directions, ...drawn } = plane;
    return { settings, step: centre.step, end, ...drawn, loss, accuracy };
  } finally {
    yielder.close();
  }
}

function readCentre(trainer: Trainer): Promise<Centre> {
  return trainer.withNetwork(async (engine, { config, step }) => {
    if (!canBeKept(config))
      throw new EngineError('limits', 'Such a large network is not held in memory a second time.');
    const parameters = await engine.readParameters();
    const spans = parameterSpans(config.network);
    return { config, step, parameters, spans, weights: flattened(spans, parameters) };
  });
}

/** From -1 to 1, times half, about the middle. */
function coordinates(points: number, middle: number, half: number): number[] {
  return Array.from({ length: points }, (_, i) => middle + half * ((2 * i) / (points - 1) - 1));
}

function randomPlane({ points, extent, seed }: LandscapeSettings, { step, weights, spans }: Centre): Plane {
  return {
    directions: randomDirections(seed, weights, spans),
    x: coordinates(points, 0, extent),
    y: coordinates(points, 0, extent),
    path: [{ step, x: 0, y: 0 }],
    explained: null,
  };
}

async function pathPlane(
  settings: LandscapeSettings,
  { step, weights, spans }: Centre,
  { runs, recordedRun }: LandscapeParts,
  turn: () => Promise<void>,
): Promise<Plane> {
  const run = recordedRun();
  if (run === null) throw new NotReadyError('The run is not recorded.');
  const store = await runs;
  const states = spread(await pathStates(run, step, store));
  const unspanned = new NotReadyError(
    `The run has ${states.length} kept states before this one; its plane needs ${leastPathStates} that do not lie on a line.`,
  );
  if (states.length < leastPathStates) throw unspanned;
  const plane = await principalPlane({
    count: states.length,
    last: weights,
    turn,
    at: async (index) => {
      const state = states[index];
      return state === undefined ? weights : flattened(spans, await parametersOf(state, store));
    },
  });
  if (plane === null) throw unspanned;
  const path: LandscapePlace[] = plane.places.map(([x, y], i) => ({ step: states[i]?.step ?? step, x, y }));
  const [x, y] = [path.map((place) => place.x), path.map((place) => place.y)].map((values) => ({
    middle: (Math.min(...values) + Math.max(...values)) / 2,
    half: (Math.max(...values) - Math.min(...values)) / 2,
  }));
  if (x === undefined || y === undefined) throw unspanned;
  const { points, extent } = settings;
  return {
    directions: plane.components,
    explained: plane.explained,
    path,
    x: coordinates(points, x.middle, extent * x.half),
    // A path that is all but straight would have a plane without height.
    y: coordinates(points, y.middle, extent * Math.max(y.half, x.half / 10)),
  };
}

/** At most mostStates of them, evenly chosen, the first and the last among them. */
function spread(states: readonly PathState[]): readonly PathState[] {
  if (states.length <= mostStates) return states;
  const chosen = Array.from({ length: mostStates }, (_, i) =>
    Math.round((i * (states.length - 1)) / (mostStates - 1)),
  );
  return states.filter((_, i) => chosen.includes(i));
}
