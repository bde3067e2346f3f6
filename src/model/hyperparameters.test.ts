import { describe, expect, it } from 'vitest';
import { lenet } from '@/model/architectures';
import type { HyperparameterKey } from '@/model/hyperparameter';
import { applies, hyperparameter, hyperparameters } from '@/model/hyperparameters';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { validateConfig } from '@/model/validate';

const base = defaultConfig('mynn');

function set(config: RunConfig, key: HyperparameterKey, value: number | boolean | string): RunConfig {
  const field = hyperparameter(key);
  if (field.kind === 'choice') return field.write(config, String(value));
  if (field.kind === 'boolean') return field.write(config, value === true);
  return field.write(config, Number(value));
}

/** A config in which the setting exists, made by giving what it belongs to one of its values. */
function configWith(key: HyperparameterKey, value = 0): RunConfig {
  const { belongsTo } = hyperparameter(key);
  const owner = belongsTo?.values[value];
  return belongsTo === null || owner === undefined ? base : set(base, belongsTo.key, owner);
}

describe('the table of hyperparameters', () => {
  it.each(hyperparameters.map((field) => [field.key, field] as const))(
    '%s: its default is what a run starts with, and it belongs where it says',
    (key, field) => {
      expect(field.read(configWith(key))).toBe(field.default);
      if (field.belongsTo === null) return;
      const owner = hyperparameter(field.belongsTo.key);
      const all = owner.kind === 'choice' ? owner.choices : [true, false];
      const having = all.filter((value) => applies(field, set(base, owner.key, value)));
      expect(having).toEqual(field.belongsTo.values);
    },
  );

  it('keeps PyTorch’s weight decay for AdamW', () => {
    expect(set(base, 'optimizer', 'AdamW').optimizer.weightDecay).toBe(0.01);
  });

  it('gives a network its own input', () => {
    expect(set(base, 'network', 'vgg16').input.resize).toBe(64);
    expect(set(base, 'network', 'vgg2').input.normalize).toEqual({ mean: 0.5, std: 0.5 });
  });

  it('leaves a config alone where the setting does not exist', () => {
    expect(set(base, 'beta1', 0.5)).toEqual(base);
    expect(set(base, 'clipGradNorm', 5)).toBe(base);
    expect(set(base, 'resize', 32)).toBe(base);
  });
});

describe('validateConfig', () => {
  const codes = (config: RunConfig): string[] =>
    validateConfig(config).map((problem) => `${problem.key} ${problem.code}`);

  it('accepts the defaults of every network', () => {
    for (const id of ['mynn', 'vgg16', 'vgg2', 'resnet18', 'resnet', 'lenet']) {
      expect(codes(defaultConfig(id)), id).toEqual([]);
    }
  });

  it.each([
    ['learningRate', 0, 'too_small'],
    ['learningRate', NaN, 'not_a_number'],
    ['epochs', 2.5, 'not_an_integer'],
    ['batchSize', 1e9, 'too_large'],
    ['trainingImages', 60_001, 'too_large'],
    ['seed', -1, 'too_small'],
  ] as const)('%s = %d: %s', (key, value, code) => {
    const [problem, ...others] = validateConfig(set(base, key, value));
    expect(problem).toMatchObject({ key, code });
    expect(others).toEqual([]);
    if (code.startsWith('too_')) expect(problem?.details).toHaveProperty('min');
  });

  it('refuses Nesterov as PyTorch does', () => {
    const nesterov = set(base, 'nesterov', true);
    expect(codes(nesterov)).toEqual(['momentum nesterov_needs_momentum']);
    expect(codes(set(set(nesterov, 'momentum', 0.9), 'dampening', 0.1))).toEqual([
      'dampening nesterov_needs_no_dampening',
    ]);
    expect(codes(set(nesterov, 'momentum', 0.9))).toEqual([]);
  });

  it('names the layer that does not fit the input', () => {
    const resized = { ...defaultConfig('lenet'), input: { ...base.input, resize: 64 } };
    expect(validateConfig(resized)).toMatchObject([
      { key: 'network', code: 'network_does_not_fit', shapeCode: 'features', details: { layer: 'fc1.0' } },
    ]);
    const broken = lenet.layers.filter((layer) => layer.kind !== 'Flatten');
    expect(validateConfig({ ...base, network: { ...lenet, layers: broken } })).toMatchObject([
      { shapeCode: 'needs_vector' },
    ]);
  });
});
