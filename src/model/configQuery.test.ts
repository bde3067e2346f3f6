import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lenet, smallResnet } from '@/model/architectures';
import { completeQuery, configFromQuery, configToQuery } from '@/model/configQuery';
import { withData } from '@/model/dataSet';
import type { Hyperparameter, HyperparameterValue } from '@/model/hyperparameter';
import { applies, hyperparameters } from '@/model/hyperparameters';
import { defaultConfig, fixedConfig, presets } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { validateConfig, validateValue } from '@/model/validate';
import { standardNetworks } from '@/model/standardNetworks';

function valueOf(field: Hyperparameter): fc.Arbitrary<HyperparameterValue> {
  if (field.kind === 'boolean') return fc.boolean();
  if (field.kind === 'choice') return fc.constantFrom(...field.choices);
  const { min, max } = field;
  if (field.kind === 'integer') return fc.integer({ min, max });
  // Text knows no -0, and a run does not tell it from 0.
  return fc.double({ min, max, noNaN: true }).map((value) => value + 0);
}

function write(field: Hyperparameter, config: RunConfig, value: HyperparameterValue): RunConfig {
  if (field.kind === 'choice') return field.write(config, String(value));
  if (field.kind === 'boolean') return field.write(config, Boolean(value));
  return field.write(config, Number(value));
}

/** Any valid value for every setting, and any of the networks, an edited one among them. */
const anyConfig: fc.Arbitrary<RunConfig> = fc
  .tuple(
    fc.constantFrom(...standardNetworks, {
      ...smallResnet,
      id: 'custom',
      layers: smallResnet.layers.filter((layer) => layer.kind !== 'MaxPool2d'),
    }),
    fc.tuple(...hyperparameters.map(valueOf)),
  )
  .map(([network, values]) =>
    hyperparameters.reduce<RunConfig>(
      (config, field, i) => (field.key === 'network' ? config : write(field, config, values[i] ?? 0)),
      { ...defaultConfig('mynn'), network },
    ),
  );

const throughLink = (config: RunConfig): ReturnType<typeof configFromQuery> =>
  configFromQuery(new URLSearchParams(new URLSearchParams(configToQuery(config)).toString()));

describe('links', () => {
  it('give back any valid config', () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        expect(throughLink(config)).toEqual({ config, issues: [] });
        const stored = new URLSearchParams(completeQuery(config)).toString();
        expect(configFromQuery(new URLSearchParams(stored))).toEqual({ config, issues: [] });
      }),
    );
  });

  it('leave out the settings of a layer that are as they usually are, and open without them', () => {
    const changed = lenet.layers.map((layer) =>
      layer.kind === 'MaxPool2d' && layer.name === 'conv2.2' ? { ...layer, ceilMode: true } : layer,
    );
    const config = { ...defaultConfig('lenet'), network: { ...lenet, id: 'custom', layers: changed } };
    const link = new URLSearchParams(configToQuery(config)).toString();
    expect([link.includes('dilation'), link.split('ceilMode').length - 1]).toEqual([false, 1]);
    expect(throughLink(config)).toEqual({ config, issues: [] });
  });

  it('give back every preset and its fix', () => {
    for (const preset of presets) {
      expect(throughLink(preset.config).config).toEqual(preset.config);
      const fixed = fixedConfig(preset);
      if (fixed !== null) expect(throughLink(fixed).config).toEqual(fixed);
    }
  });

  it('name only what differs from the defaults', () => {
    expect(configToQuery(defaultConfig('vgg2'))).toEqual([['network', 'vgg2']]);
    expect(configToQuery({ ...defaultConfig('lenet'), learningRate: 0.1, seed: 7 })).toEqual([
      ['network', 'lenet'],
      ['learningRate', '0.1'],
      ['seed', '7'],
    ]);
  });

  it('read numbers as people write them', () => {
    const { config, issues } = configFromQuery([
      ['learningRate', '1e−3'],
      ['trainingImages', '6,000'],
      ['batchSize', '１２８'],
    ]);
    expect(issues).toEqual([]);
    expect(config).toMatchObject({ learningRate: 1e-3, trainingImages: 6000, batchSize: 128 });
  });

  it('treat a network that was edited under its old name as custom', () => {
    const edited = { ...defaultConfig('lenet'), network: { ...lenet, layers: lenet.layers.slice(1) } };
    expect(throughLink(edited).config.network).toEqual({ ...edited.network, id: 'custom' });
  });

  it.each([
    ['learningRate=fast', { code: 'not_a_number', key: 'learningRate', value: 'fast' }],
    ['learningRate=', { code: 'not_a_number', key: 'learningRate', value: '' }],
    ['learningRate=-1', { code: 'clamped', key: 'learningRate', value: '-1', used: 1e-8 }],
    ['epochs=2.6', { code: 'clamped', key: 'epochs', value: '2.6', used: 3 }],
    ['batchSize=Infinity', { code: 'not_a_number', key: 'batchSize', value: 'Infinity' }],
    ['shuffle=yes', { code: 'not_a_choice', key: 'shuffle', value: 'yes' }],
    ['network=alexnet', { code: 'not_a_choice', key: 'network', value: 'alexnet' }],
    ['network=custom', { code: 'not_a_choice', key: 'network', value: 'custom' }],
    ['beta1=0.5', { code: 'not_applicable', key: 'beta1', value: '0.5' }],
    ['learningrate=0.1', { code: 'unknown_key', key: 'learningrate', value: '0.1' }],
    ['network=custom&layers={}', { code: 'invalid_network', key: 'layers', value: '{}' }],
    ['network=custom&layers=[', { code: 'invalid_network', key: 'layers', value: '[' }],
  ])('%s', (query, issue) => {
    const { config, issues } = configFromQuery(new URLSearchParams(query));
    expect(issues).toMatchObject([issue]);
    expect(issues).toHaveLength(1);
    if (!('used' in issue)) expect(config).toEqual(defaultConfig('mynn'));
  });

  it('never throw and give valid values, whatever they say', () => {
    const key = fc.oneof(
      fc.constantFrom(...hyperparameters.map((field) => field.key), 'layers'),
      fc.string(),
    );
    const text = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.constantFrom('custom', 'Adam', 'true', 'one_cycle', 'vgg16', '{"layers":[]}'),
      fc.json(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(key, text), { maxLength: 20 }), (params) => {
        const { config } = configFromQuery(params);
        for (const field of hyperparameters) {
          if (applies(field, config)) expect(validateValue(field, field.read(config))).toBeNull();
        }
      }),
    );
  });

  it('open as they were written before kinds had definitions', () => {
    const links = {
      'optimizer=SGD&momentum=0.9&dampening=0.1&weightDecay=0.001': {
        optimizer: { kind: 'SGD', momentum: 0.9, dampening: 0.1, nesterov: false, weightDecay: 0.001 },
      },
      'optimizer=AdamW&beta1=0.8&beta2=0.99&eps=0.0001&weightDecay=0.1': {
        optimizer: { kind: 'AdamW', beta1: 0.8, beta2: 0.99, eps: 1e-4, weightDecay: 0.1 },
      },
      'optimizer=RMSprop&momentum=0.5&alpha=0.9&centered=true': {
        optimizer: {
          kind: 'RMSprop',
          momentum: 0.5,
          alpha: 0.9,
          eps: 1e-8,
          centered: true,
          weightDecay: 0,
        },
      },
      'schedule=step&stepEpochs=2&gamma=0.5&warmupSteps=10': {
        schedule: { kind: 'step', stepEpochs: 2, gamma: 0.5 },
        warmupSteps: 10,
      },
      'schedule=one_cycle&pctStart=0.4&divFactor=10&finalDivFactor=100': {
        schedule: { kind: 'one_cycle', pctStart: 0.4, divFactor: 10, finalDivFactor: 100 },
      },
      'schedule=cosine&minLearningRate=0.001': { schedule: { kind: 'cosine', minLearningRate: 0.001 } },
      'loss=cross_entropy&labelSmoothing=0.1': { loss: { kind: 'cross_entropy', labelSmoothing: 0.1 } },
      'loss=nll_softmax': { loss: { kind: 'nll_softmax' } },
    };
    for (const [query, changes] of Object.entries(links)) {
      const expected = { config: { ...defaultConfig('lenet'), ...changes }, issues: [] };
      expect(configFromQuery(new URLSearchParams(`network=lenet&${query}`)), query).toEqual(expected);
    }
  });
});

describe('data of one’s own in a link', () => {
  const data = {
    sha256: 'ab'.repeat(32),
    name: 'Bars & more',
    classNames: ['upright', 'lying'],
    trainingImages: 40,
    testImages: 10,
    drawings: { sha256: 'cd'.repeat(32), count: 3, copies: 5 },
  };
  const own = withData(defaultConfig('lenet'), data);

  it('comes back with it, and with all of its images', () => {
    expect(own.trainingImages).toBe(55);
    expect(throughLink(own)).toEqual({ config: own, issues: [] });
    expect(throughLink({ ...own, trainingImages: 20 }).config.trainingImages).toBe(20);
    expect(withData(own, undefined)).toEqual(defaultConfig('lenet'));
  });

  it('bounds how many images are trained on', () => {
    const { config, issues } = configFromQuery([...configToQuery(own), ['trainingImages', '60000']]);
    expect(config.trainingImages).toBe(55);
    expect(issues).toMatchObject([{ code: 'clamped', key: 'trainingImages', used: 55 }]);
    expect(validateConfig({ ...own, trainingImages: 56 })).toMatchObject([
      { code: 'too_large', key: 'trainingImages' },
    ]);
  });

  it.each([
    ['no JSON', '{'],
    ['no checksum', JSON.stringify({ ...data, sha256: 'x' })],
    ['eleven classes', JSON.stringify({ ...data, classNames: 'abcdefghijk'.split('') })],
    ['a class twice', JSON.stringify({ ...data, classNames: ['a', 'a'] })],
    [
      'more images than there can be',
      JSON.stringify({ ...data, drawings: { ...data.drawings, count: 159_000 } }),
    ],
  ])('is left out with %s', (_name, text) => {
    const { config, issues } = configFromQuery([
      ['network', 'lenet'],
      ['data', text],
    ]);
    expect(config).toEqual(defaultConfig('lenet'));
    expect(issues).toMatchObject([{ code: 'invalid_data', key: 'data' }]);
  });
});
