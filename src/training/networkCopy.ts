/**
 * Long work on the network on show, done on a copy of it in an engine of its own: training, drawing and looking back go on meanwhile, and
 * all of it is about one and the same network.
 */
import type { Engine } from '@/engine/engine';
import { EngineHost, type CreateEngine, type ImageSets } from '@/training/engineHost';
import type { NetworkAtStep } from '@/training/replay/timeTravel';
import type { Trainer } from '@/training/trainer';

export interface NetworkCopyOptions {
  readonly trainer: Pick<Trainer, 'withNetwork'>;
  readonly source: ImageSets;
  /** Another engine like the one in use. */
  readonly open: CreateEngine;
  readonly onBusy: (seconds: number) => void;
}

const nothing = (): Promise<void> => Promise.resolve();

/** @throws NotReadyError where there is no network; EngineError where the device has no room for another, or is lost */
export async function withNetworkCopy<T>(
  { trainer, source, open, onBusy }: NetworkCopyOptions,
  task: (engine: Engine, network: NetworkAtStep) => Promise<T>,
): Promise<T> {
  const { parameters, ...network } = await trainer.withNetwork(async (engine, { config, step }) => ({
    config,
    step,
    parameters: await engine.readParameters(),
  }));
  const host = new EngineHost({ source, onBusy, onLost: () => undefined });
  try {
    await host.replace(open, nothing, async (engine) => {
      await engine.compile(network.config, { step: 0, parameters, optimizer: {} });
      engine.setStatisticsInterval(null);
    });
    return await host.use((engine) => task(engine, network));
  } finally {
    host.dispose();
  }
}
