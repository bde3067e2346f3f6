/** The figures of a network at other parameters than its own, in the second engine: as much of the machine as the run has, and no more. */
import type { Engine } from '@/engine/engine';
import type { LandscapeFigures, LandscapeSettings } from '@/model/lossLandscape';
import type { RunConfig } from '@/model/runConfig';
import type { StateDict } from '@/model/tensor';
import { imagesOf, type EngineHost, type ImageSets } from '@/training/engineHost';
import { withVector, type ParameterSpan } from '@/training/flatParameters';
import type { SecondEngine, Tenant } from '@/training/secondEngine';
import { TestPieces } from '@/training/testPieces';

/** The network as it stands. */
export interface Centre {
  readonly config: RunConfig;
  /** Steps done. */
  readonly step: number;
  readonly parameters: StateDict;
  readonly spans: readonly ParameterSpan[];
  /** Its parameters as a vector. */
  readonly weights: Float32Array<ArrayBuffer>;
}

export interface EvaluatingParts {
  readonly source: ImageSets;
  readonly second: SecondEngine;
  /** Whether the run is under way. */
  readonly trainer: { readonly isTraining: boolean };
}

/** Figures of the network at other parameters: `value` gives each of the vector. */
export function otherParameters(
  { split, images }: Pick<LandscapeSettings, 'split' | 'images'>,
  { config, parameters, spans, weights }: Centre,
  { trainer, second, source }: EvaluatingParts,
  turn: () => Promise<void>,
): (value: (index: number) => number) => Promise<LandscapeFigures> {
  const there = new Float32Array(weights.length);
  const dict = withVector(parameters, spans, there);
  let isCompiled = false;
  let isWritten = false;
  const forget = (): void => {
    isCompiled = false;
    isWritten = false;
  };
  const tenant: Tenant = {
    leave: () => {
      forget();
      return Promise.resolve();
    },
    lost: forget,
  };
  const enter = async (engine: Engine, host: EngineHost): Promise<void> => {
    if (!isCompiled) await engine.compile(config, { step: 0, parameters: dict, optimizer: {} });
    else if (!isWritten) await engine.writeParameters(dict);
    isCompiled = true;
    isWritten = true;
    await host.makeResident(engine, split, config.data, images);
  };
  const { labels } = imagesOf(source, config.data)[split === 'train' ? 'training' : 'test'];
  return async (value) => {
    for (let i = 0; i < there.length; i += 1) there[i] = value(i);
    isWritten = false;
    const pieces = new TestPieces(images, config.batchSize, labels, config.loss);
    while (!pieces.isDone) {
      // oxlint-disable-next-line no-await-in-loop -- one engine
      const milliseconds = await second.use(tenant, async (engine, host) => {
        await enter(engine, host);
        const { start, count } = pieces.next();
        const begun = performance.now();
        const evaluation = await engine.evaluate(split, count, start);
        const spent = performance.now() - begun;
        pieces.add(evaluation, spent);
        return spent;
      });
      // oxlint-disable-next-line no-await-in-loop -- the run gets as much of the machine as this
      if (trainer.isTraining) await pause(milliseconds);
      // oxlint-disable-next-line no-await-in-loop -- so that commands are heard
      await turn();
    }
    return pieces.total();
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
