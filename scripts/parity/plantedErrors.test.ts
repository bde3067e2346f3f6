/** An engine with one thing wrong must fail the comparison where that thing shows: the proof that passing means something. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '@/engine/engine';
import type { RunConfig } from '@/model/runConfig';
import { readFixture, pytorchFixtures } from '../fixtures/readFixture.ts';
import { engines } from './engines.ts';
import { networkParity } from './networkParity.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await engines['tfjs-wasm'].create();
});
afterAll(() => engine.dispose());

/** The same engine, told something else than it was asked. */
function misled(change: (config: RunConfig) => RunConfig): Engine {
  return new Proxy(engine, {
    get(target, name: keyof Engine) {
      if (name === 'compile') {
        return (...[config, state]: Parameters<Engine['compile']>) => target.compile(change(config), state);
      }
      const member = target[name];
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

async function failures(
  net: string,
  run: string,
  change: (config: RunConfig) => RunConfig,
): Promise<Set<string>> {
  const fixture = readFixture(pytorchFixtures, net);
  const checks = await networkParity(misled(change), fixture, { runs: (name) => name === run });
  return new Set(checks.filter(({ pass }) => !pass).map(({ quantity }) => quantity));
}

test('nothing planted: nothing fails', async () => {
  expect(await failures('lenet', 'ce/adam', (config) => config)).toEqual(new Set());
});

const optimizer =
  (changes: object) =>
  (config: RunConfig): RunConfig => ({ ...config, optimizer: { ...config.optimizer, ...changes } });

const plants: [string, string, string, (config: RunConfig) => RunConfig, string[]][] = [
  [
    'a learning rate 1 % too large',
    'lenet',
    'ce/sgd',
    (c) => ({ ...c, learningRate: 1.01 * c.learningRate }),
    ['delta ce/sgd'],
  ],
  [
    'no weight decay',
    'lenet',
    'nll_softmax/sgd_m0_wd',
    optimizer({ weightDecay: 0 }),
    ['delta nll_softmax/sgd_m0_wd'],
  ],
  ['momentum 0.89', 'lenet', 'ce/sgd_m09_wd', optimizer({ momentum: 0.89 }), ['delta ce/sgd_m09_wd']],
  ['dampening', 'lenet', 'ce/sgd_m09_wd', optimizer({ dampening: 0.1 }), ['delta ce/sgd_m09_wd']],
  ['beta1 0.89', 'lenet', 'ce/adam', optimizer({ beta1: 0.89 }), ['delta ce/adam']],
  ['eps 1e-6', 'lenet', 'ce/adam', optimizer({ eps: 1e-6 }), ['delta ce/adam']],
  [
    'label smoothing',
    'lenet',
    'ce/sgd',
    (c) => ({ ...c, loss: { kind: 'cross_entropy', labelSmoothing: 0.01 } }),
    ['gradients ce', 'delta ce/sgd'],
  ],
  [
    'NLL on softmax in place of logits',
    'lenet',
    'ce/sgd',
    (c) => (c.loss.kind === 'nll_logits' ? { ...c, loss: { kind: 'nll_softmax' } } : c),
    ['eval loss', 'train loss', 'gradients nll_logits'],
  ],
  [
    'a normalised input',
    'mynn',
    'ce/sgd',
    (c) => ({ ...c, input: { ...c.input, normalize: { mean: 0.1307, std: 0.3081 } } }),
    ['input', 'eval logits', 'train logits', 'gradients ce', 'delta ce/sgd'],
  ],
];

test.each(plants)('%s is found (%s, %s)', async (_name, net, run, change, expected) => {
  const found = await failures(net, run, change);
  expect([...found]).toEqual(expect.arrayContaining(expected));
});
