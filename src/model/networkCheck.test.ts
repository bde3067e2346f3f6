import { describe, expect, it } from 'vitest';
import { lenet, mynn, smallResnet } from '@/model/architectures';
import { changeLayer, removeLayer, renameLayer, topLevel, type LayerPath } from '@/model/edit';
import type { LayerSpec } from '@/model/layers';
import { applyFix, checkNetwork, type LayerProblem } from '@/model/networkCheck';

const image = [1, 28, 28];
type Layers = readonly LayerSpec[];

function set(layers: Layers, path: LayerPath, change: Record<string, number | string>): Layers {
  return changeLayer(layers, path, (layer) => ({ ...layer, ...change }));
}

function problems(layers: Layers): { readonly name: string; readonly problem: LayerProblem }[] {
  return checkNetwork(layers, image).layers.flatMap(({ layer, problem }) =>
    problem === null ? [] : [{ name: layer.name, problem }],
  );
}

/** The one problem of these layers, and that its fix leaves none. */
function onlyProblem(layers: Layers): { readonly name: string; readonly problem: LayerProblem } {
  const [found, ...others] = problems(layers);
  if (found === undefined) throw new Error('no problem found');
  expect(others).toEqual([]);
  if (found.problem.fix !== null) {
    expect(checkNetwork(applyFix(layers, found.problem.fix), image).isValid).toBe(true);
  }
  return found;
}

describe('checkNetwork', () => {
  it('explains a Linear that does not fit, in numbers, and sets it right', () => {
    const { name, problem } = onlyProblem(set(lenet.layers, topLevel(7), { inFeatures: 320 }));
    expect(name).toBe('fc1.0');
    expect(problem).toMatchObject({
      code: 'features',
      message: 'Linear fc1.0 expects 320 inputs, the layer before gives 400.',
      fix: { kind: 'set', field: 'inFeatures', value: 400, path: topLevel(7) },
    });
  });

  it('asks for a Flatten before a Linear', () => {
    const { problem } = onlyProblem(removeLayer(lenet.layers, topLevel(6)));
    expect(problem).toMatchObject({
      code: 'needs_vector',
      details: { expected: 400, given: '16x5x5 = 400' },
      fix: { kind: 'insert', path: topLevel(6), layer: { kind: 'Flatten' } },
    });
  });

  it('goes on after a problem, as if it were fixed', () => {
    const broken = set(set(lenet.layers, topLevel(3), { inChannels: 7 }), topLevel(11), { inFeatures: 80 });
    expect(problems(broken).map(({ name, problem }) => `${name} ${problem.code}`)).toEqual([
      'conv2.0 channels',
      'fc3 features',
    ]);
    expect(checkNetwork(broken, image).layers[3]?.output).toEqual([16, 10, 10]);
  });

  it('says what a kernel larger than its input may be', () => {
    const { problem } = problems(set(lenet.layers, topLevel(5), { kernelSize: 11 }))[0] ?? {};
    expect(problem).toMatchObject({
      code: 'kernel_too_large',
      details: { kernel: 11, height: 10 },
      fix: { field: 'kernelSize', value: 10 },
    });
    const apart = problems(set(lenet.layers, topLevel(3), { kernelSize: 5, dilation: 4 }))[0]?.problem;
    expect(apart).toMatchObject({ details: { kernel: 17 }, fix: { field: 'kernelSize', value: 4 } });
  });

  it('wants groups that divide the channels on both sides', () => {
    expect(onlyProblem(set(lenet.layers, topLevel(3), { groups: 4 })).problem).toMatchObject({
      code: 'groups',
      details: { groups: 4, inChannels: 6, outChannels: 16 },
      fix: { field: 'groups', value: 2 },
    });
  });

  it('wants stride 1 where padding keeps the size', () => {
    const same = set(lenet.layers, topLevel(0), { padding: 'same' });
    expect(problems(same)).toEqual([]);
    expect(problems(set(same, topLevel(0), { stride: 2 }))[0]?.problem).toMatchObject({
      code: 'same_stride',
      details: { stride: 2 },
      fix: { field: 'stride', value: 1 },
    });
  });

  it('names the range of a parameter, also for no number at all', () => {
    expect(onlyProblem(set(lenet.layers, topLevel(0), { stride: 0 })).problem).toMatchObject({
      code: 'invalid_parameter',
      details: { field: 'stride', value: 0, min: 1 },
    });
    expect(onlyProblem(set(mynn.layers, topLevel(10), { p: NaN })).problem.code).toBe('invalid_parameter');
    // PyTorch refuses a max pool's padding above half its kernel.
    const padded = set(smallResnet.layers, topLevel(2), { padding: 2 });
    expect(problems(padded)[0]?.problem).toMatchObject({ details: { field: 'padding', max: 1 } });
  });

  it('projects a shortcut whose shape differs from its body', () => {
    const body = (at: number): LayerPath => ({ container: [{ index: 3, part: 'body' }], index: at });
    const strided = set(set(smallResnet.layers, body(0), { outChannels: 24, stride: 2 }), body(2), {
      inChannels: 24,
      outChannels: 24,
    });
    const rest = set(strided, topLevel(5), { inChannels: 24, kernelSize: 3, padding: 1 });
    const [found] = problems(rest);
    expect(found).toMatchObject({
      name: 'res_block_1',
      problem: {
        code: 'residual_mismatch',
        details: { body: '24x6x6', shortcut: '16x12x12' },
        fix: {
          kind: 'insert',
          layer: { kind: 'Conv2d', kernelSize: 1, stride: 2, inChannels: 16, outChannels: 24 },
        },
      },
    });
    const fix = found?.problem.fix;
    if (fix === null || fix === undefined) throw new Error('no fix');
    expect(problems(applyFix(rest, fix)).map(({ name }) => name)).not.toContain('res_block_1');
  });

  it('wants ten outputs', () => {
    const check = checkNetwork(set(lenet.layers, topLevel(11), { outFeatures: 12 }), image);
    expect(check.isValid).toBe(false);
    expect(check.outputProblem).toMatchObject({
      code: 'output_classes',
      fix: { field: 'outFeatures', value: 10 },
    });
    expect(checkNetwork([], image).outputProblem?.fix).toMatchObject({
      kind: 'insert',
      layer: { kind: 'Flatten' },
    });
  });

  it('tells of names that collide', () => {
    const codes = (name: string): unknown =>
      problems(renameLayer(lenet.layers, topLevel(11), name)).map((found) => [
        found.name,
        found.problem.code,
      ]);
    expect(codes('fc2.0')).toEqual([['fc2.0', 'duplicate_name']]);
    expect(codes('fc2.0.weight')).toEqual([['fc2.0.weight', 'nested_name']]);
  });

  it('takes the names that PyTorch takes, and refuses its own attributes and what is no path', () => {
    const codes = (name: string): unknown =>
      problems(renameLayer(lenet.layers, topLevel(11), name)).map(({ problem }) => problem.code);
    for (const name of ['head', '0', 'features.0', '3rd', 'block-1', '卷积.0', 'constructor', 'compiled']) {
      expect(codes(name), name).toEqual([]);
    }
    for (const name of ['', '.', 'a.', '.a', 'a..b', 'a b', 'a\n', '<b>', '\u202ea', '\ud800']) {
      expect(codes(name), JSON.stringify(name)).toEqual(['invalid_name']);
    }
    for (const name of ['forward', 'training', 'children', 'features.type', 'compile', '__class__.0']) {
      expect(codes(name), name).toEqual(['reserved_name']);
    }
    const [problem] = problems(renameLayer(lenet.layers, topLevel(11), 'features.type'));
    expect(problem?.problem.details).toEqual({ name: 'features.type', part: 'type' });
  });
});
