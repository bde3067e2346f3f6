/** The Hugging Face folder in real PyTorch: its class, made from its config.json, takes its weights strictly and gives our logits. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '@/engine/engine';
import { needsVector } from '@/engine/testing/layerCase';
import { encodeHubFolder } from '@/formats/pytorch/hubFolder';
import { loadStateDict } from '@/formats/loadStateDict';
import { openWeightFile } from '@/formats/weightFile';
import { openZip } from '@/formats/zip';
import { definitionOf, layerDefinitions, layerKinds, type LayerSpec, type NetworkSpec } from '@/model/layers';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { outputShape } from '@/model/shapes';
import { standardNetworks } from '@/model/standardNetworks';
import { stateEntries } from '@/model/stateDict';
import { sizeOf, type StateDict, type TensorData } from '@/model/tensor';
import { fillFromHash } from '../fixtures/hashParameters.ts';
import { inMemory } from '../fixtures/inMemory.ts';
import { pytorchFixtures, readFixture } from '../fixtures/readFixture.ts';
import { engines } from '../parity/engines.ts';
import { startTorch, type TorchProcess } from './torchProcess.ts';
import { torchPythonOfTest } from './torchTest.ts';

const python = torchPythonOfTest();
const script = fileURLToPath(new URL('./model_py.py', import.meta.url));
/** Of logits of order 1, in float32: as checkpoint.test.ts. */
const tolerance = 1e-4;

/** Names that Python, or torch.nn, has another use for. */
const oddNames = [
  'self',
  'in',
  'lambda',
  '0',
  '卷积',
  'Block',
  'x',
  'block.2',
  'block.7',
  'keys',
  'list.0',
  'list.1',
];

/** Every kind that there is, one behind the other: those that take images, then those that take rows. */
function everyKind(): NetworkSpec {
  const layers: LayerSpec[] = [];
  let shape: readonly number[] = [1, 28, 28];
  const add = (kind: (typeof layerKinds)[number]): void => {
    const name = oddNames[layers.length] ?? `layer${layers.length}`;
    const made = layerDefinitions[kind].create(name, shape);
    // To one value an image there would be nothing left for those behind it.
    const layer: LayerSpec = made.kind === 'AdaptiveAvgPool2d' ? { ...made, outputSize: 6 } : made;
    shape = outputShape(layer, shape);
    layers.push(layer);
  };
  add('Conv2d');
  const takesRows = layerKinds.filter((kind) => needsVector(kind, [4, 9, 9]));
  for (const kind of layerKinds) if (kind !== 'Flatten' && !takesRows.includes(kind)) add(kind);
  add('Flatten');
  for (const kind of takesRows) add(kind);
  const last = definitionOf({
    kind: 'Linear',
    name: 'last',
    inFeatures: 1,
    outFeatures: 1,
    bias: true,
    init: { kind: 'default' },
  });
  const head = last.create('last.head', shape);
  layers.push({ ...head, outFeatures: 10 });
  return { id: 'custom', name: '"""\n\\Everything', layers, outputActivation: 'none' };
}

const bytesOf = ({ data }: TensorData): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

function weightsOf(network: NetworkSpec): StateDict {
  return new Map(
    stateEntries(network).map(({ key, shape, dtype }, salt): [string, TensorData] => {
      if (dtype === 'I64') return [key, { dtype, shape, data: BigInt64Array.of(7n) }];
      const isMatrix = shape.length > 1;
      const scale = isMatrix ? Math.sqrt(6 / sizeOf(shape.slice(1))) : 0.3;
      const offset = !isMatrix && /weight|running_var/u.test(key) ? 1 : 0;
      return [key, { dtype, shape, data: fillFromHash(sizeOf(shape), { salt, scale, offset }) }];
    }),
  );
}

describe.runIf(python !== null)('the Hugging Face folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'digit-lab-'));
  const { images, labels, count } = readFixture(pytorchFixtures, 'mynn');
  let engine: Engine;
  let process: TorchProcess;

  beforeAll(async () => {
    process = startTorch(python ?? '', [script]);
    writeFileSync(join(folder, 'images'), images);
    engine = await engines.wasm.create();
  });
  afterAll(() => {
    process.stop();
    engine.dispose();
    rmSync(folder, { recursive: true });
  });

  const everything = everyKind();
  // VGG-16's half a gigabyte is the same check on a larger network.
  const cases = [...standardNetworks, everything].map((network) => ({
    name: network.name,
    network,
    tags: network.id === 'vgg16' ? ['long'] : [],
  }));

  test('there is a network with every kind of layer', () => {
    expect(new Set(everything.layers.map(({ kind }) => kind))).toEqual(new Set(layerKinds));
  });

  describe.each(cases)('of $name', ({ network, tags }) => {
    test('gives our logits, and loads here', { tags }, async () => {
      const standard = standardNetworks.some(({ id }) => id === network.id);
      const config: RunConfig = {
        ...defaultConfig(standard ? network.id : 'vgg2'),
        network,
        batchSize: count,
      };
      const parameters = weightsOf(network);
      await engine.compile(config, { step: 0, parameters, optimizer: {} });
      const ours = await engine.predict(images, count);
      const bytes = await encodeHubFolder({
        config,
        link: 'https://example.org/#network=lenet',
        run: null,
        parameters: async () => parameters,
        testPredictions: async () => ({ predictions: labels.slice(), labels }),
      });
      for (const [name, entry] of await openZip(inMemory(bytes))) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        // oxlint-disable-next-line no-await-in-loop -- one file after the other
        writeFileSync(join(folder, name), await entry.read());
      }
      const answer = await process.ask([
        'logits',
        join(folder, network.id),
        join(folder, 'images'),
        join(folder, 'logits'),
      ]);
      expect(answer).toEqual({
        bases: ['Module'],
        arguments: ['image_size', 'mean', 'std'],
        keys: stateEntries(network).map(({ key }) => key),
      });
      const theirs = new Float32Array(new Uint8Array(readFileSync(join(folder, 'logits'))).buffer);
      expect(theirs).toHaveLength(ours.length);
      const differences = ours.map((value, i) => Math.abs(value - (theirs[i] ?? NaN)));
      expect(Math.max(...differences)).toBeLessThan(tolerance * Math.max(1, ...ours.map(Math.abs)));
      const loaded = await loadStateDict(network, await openWeightFile(inMemory(bytes)));
      for (const [key, tensor] of parameters) {
        const found = loaded.parameters.get(key);
        expect(found !== undefined && bytesOf(found).equals(bytesOf(tensor)), key).toBe(true);
      }
    });
  });

  test('its card has the hub’s header, what was read as what, and the way back', async () => {
    const { network } = defaultConfig('lenet');
    const parameters = weightsOf(network);
    const bytes = await encodeHubFolder({
      config: defaultConfig('lenet'),
      link: 'https://example.org/#network=lenet',
      run: null,
      parameters: async () => parameters,
      testPredictions: async () => ({
        predictions: Uint8Array.of(7, 2, 1, 0, 9),
        labels: Uint8Array.of(7, 2, 1, 0, 4),
      }),
    });
    const card = new TextDecoder().decode(
      await (await openZip(inMemory(bytes))).get('lenet/README.md')?.read(),
    );
    expect(card).toMatch(/^---\nlibrary_name: pytorch\n/u);
    for (const tag of ['pytorch_model_hub_mixin', 'model_hub_mixin', 'mnist'])
      expect(card).toContain(`  - ${tag}\n`);
    expect(card).toContain('4 of 5 test images are read right: **80.00 %**');
    expect(card).toContain('| **4** | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 1 |');
    expect(card).toContain('[Train it again](<https://example.org/#network=lenet>)');
    expect(card).toContain('| seed | 1 |');
  });
});
