// The second engine with real engines: one tenant's network at a time, freed when nobody uses it, and of the kind in use.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Engine } from '@/engine/engine';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import type { BackendInfo } from '@/model/backend';
import { mnist } from '../../scripts/trainerLab.ts';
import { tinyConfig } from '../../scripts/tinyNetworks.ts';
import { nodeHost } from '../../scripts/wasm/nodeHost.ts';
import { SecondEngine } from './secondEngine';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function opened() {
  const engines: Engine[] = [];
  const freed: Engine[] = [];
  let inUse: Pick<BackendInfo, 'engine' | 'backend'> | null = null;
  const second = new SecondEngine({
    source: mnist(),
    inUse: () => inUse,
    onBusy: () => undefined,
    open: async () => {
      const engine = await createWasmEngine({ host: nodeHost(), threads: 1 });
      const dispose = engine.dispose.bind(engine);
      engine.dispose = () => {
        freed.push(engine);
        dispose();
      };
      engines.push(engine);
      return engine;
    },
  });
  return { second, engines, freed, choose: (info: typeof inUse) => (inUse = info) };
}

/** Says what happens to it. */
function tenantNamed(name: string, log: string[]) {
  return {
    leave: async (engine: Engine): Promise<void> => {
      log.push(`${name} leaves at step ${(await engine.readState()).step}`);
    },
    lost: () => log.push(`${name} lost`),
  };
}

const compile = (engine: Engine): Promise<void> => engine.compile(tinyConfig('kinked'));

it('holds the network of one tenant, who may read it before the next comes', async () => {
  const { second, engines } = opened();
  const log: string[] = [];
  const [a, b] = [tenantNamed('a', log), tenantNamed('b', log)];
  await second.use(a, compile);
  await second.use(a, (engine) => engine.readParameters());
  expect(log).toEqual([]);
  await Promise.all([second.use(b, compile), second.use(b, compile), second.use(a, compile)]);
  expect(log).toEqual(['a leaves at step 0', 'b leaves at step 0']);
  expect(engines, 'however many ask at once').toHaveLength(1);
});

it('is freed when nobody has used it for a while, unless somebody holds it', async () => {
  const { second, engines, freed } = opened();
  const log: string[] = [];
  const a = tenantNamed('a', log);
  const holder = {};
  second.hold(holder);
  await second.use(a, compile);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(freed).toEqual([]);
  second.release(holder);
  await vi.advanceTimersByTimeAsync(10_000);
  await second.use(a, (engine) => engine.readParameters());
  await vi.advanceTimersByTimeAsync(10_000);
  expect(freed).toEqual([]);
  await vi.advanceTimersByTimeAsync(11_000);
  expect(freed).toEqual(engines);
  expect(log).toEqual(['a lost']);
  await second.use(a, compile);
  expect(engines).toHaveLength(2);
});

it('is another one where another kind of engine is chosen, to which the tenant comes along', async () => {
  const { second, engines, freed, choose } = opened();
  const log: string[] = [];
  const a = tenantNamed('a', log);
  const info = { engine: 'wasm', backend: 'wasm' } as const;
  choose(info);
  await second.use(a, compile);
  choose({ ...info });
  await second.use(a, (engine) => engine.readParameters());
  expect(engines).toHaveLength(1);
  choose({ ...info, engine: 'tfjs' });
  await second.use(a, compile);
  // That engine is what could be had for it.
  await second.use(a, (engine) => engine.readParameters());
  expect(engines).toHaveLength(2);
  expect(freed).toEqual([engines[0]]);
  expect(log).toEqual(['a leaves at step 0']);
});
