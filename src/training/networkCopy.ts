/**
 * Long work on the network on show, done on a copy of it in the second engine: training, drawing and looking back go on meanwhile, and all
 * of it is about one and the same network.
 */
import type { Engine } from '@/engine/engine';
import type { NetworkAtStep } from '@/training/replay/timeTravel';
import type { SecondEngine, Tenant } from '@/training/secondEngine';
import type { Trainer } from '@/training/trainer';

export interface NetworkCopyOptions {
  readonly trainer: Pick<Trainer, 'withNetwork'>;
  readonly second: SecondEngine;
}

/** What can be asked of a copy; between two questions others have the second engine. */
export type NetworkCopy = Pick<Engine, 'predict'>;

/** @throws NotReadyError where there is no network; EngineError where the device has no room for another, or is lost */
export async function withNetworkCopy<T>(
  { trainer, second }: NetworkCopyOptions,
  task: (copy: NetworkCopy, network: NetworkAtStep) => Promise<T>,
): Promise<T> {
  const { parameters, ...network } = await trainer.withNetwork(
    async (engine, { config, step, learningRate }) => ({
      config,
      step,
      learningRate,
      parameters: await engine.readParameters(),
    }),
  );
  let isCompiled = false;
  const forget = (): void => {
    isCompiled = false;
  };
  const tenant: Tenant = { leave: () => Promise.resolve(forget()), lost: forget };
  const ask = <A>(question: (engine: Engine) => Promise<A>): Promise<A> =>
    second.use(tenant, async (engine) => {
      if (!isCompiled) await engine.compile(network.config, { step: 0, parameters, optimizer: {} });
      isCompiled = true;
      return question(engine);
    });
  return task({ predict: (images, count) => ask((engine) => engine.predict(images, count)) }, network);
}
