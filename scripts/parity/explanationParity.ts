/** Gradients by values, what explains a prediction and what fools it: an engine's against PyTorch's autograd. */
import * as v from 'valibot';
import { networkInput } from '@/model/shapes';
import type { Engine } from '@/engine/engine';
import { runConfig } from '@/engine/testing/testRuns';
import { decodeSafetensors } from '@/formats/safetensors';
import { sizeOf, type TensorData } from '@/model/tensor';
import { attack } from '@/training/explain/adversarial';
import { explain } from '@/training/explain/explain';
import { occlusion } from '@/training/explain/occlusion';
import { compareCheck, distance, type Check } from '../fixtures/compare.ts';
import { floatTensor, inputPipelineOf, type Fixture } from '../fixtures/fixture.ts';
import { fixturePath, readBytes, readFixture, readJson } from '../fixtures/readFixture.ts';

const manifestSchema = v.object({
  targets: v.array(v.number()),
  occlusion: v.object({ size: v.number(), stride: v.number(), value: v.number() }),
  networks: v.record(v.string(), v.object({ layer: v.string(), noise: v.record(v.string(), v.number()) })),
  attacked: v.array(v.string()),
  attacks: v.record(
    v.string(),
    v.object({
      epsilon: v.number(),
      steps: v.number(),
      step_size: v.number(),
      targeted: v.boolean(),
      labels: v.array(v.number()),
    }),
  ),
});

/** Images that PyTorch was asked about, and of how many of them it kept the gradients by layers. */
const explained = 4;
const ofLayers = 2;

/**
 * float32 sums thousands of products in another order than PyTorch's float64: seen 1e-6. VGG-16's gradients by the image have a noise of
 * two per cent in PyTorch itself, since equal values meet in its pools (fixtures/pytorch/README.md): ten times the noise, as there.
 */
const toleranceOf = (noise = 0): number => Math.max(2e-5, 10 * noise);

/**
 * Share of an attack's bytes that may differ: a pixel whose gradient is within rounding of 0 may go either way, by up to twice epsilon,
 * and what follows in later steps with it.
 */
const differingBytes = 0.005;

const classRows = (targets: readonly number[]): Float32Array<ArrayBuffer> =>
  Float32Array.from(
    targets.flatMap((target) => Array.from({ length: 10 }, (_, k) => (k === target ? 1 : 0))),
  );

const imageOf = (images: Uint8Array<ArrayBuffer>, n: number): Uint8Array<ArrayBuffer> =>
  images.slice(n * 784, (n + 1) * 784);

function byteTensor(tensors: ReadonlyMap<string, TensorData>, name: string): Uint8Array {
  const tensor = tensors.get(name);
  if (tensor?.dtype !== 'U8') throw new Error(`The fixture has no bytes "${name}".`);
  return tensor.data;
}

/** Everything that explanations.py recorded of this network. Compiles it, and leaves it compiled. */
export async function explanationParity(
  engine: Engine,
  folder: string,
  net: string,
): Promise<readonly Check[]> {
  const fixture = readFixture(folder, net);
  const { tensors } = decodeSafetensors(readBytes(fixturePath(folder, 'explanations.safetensors')));
  const manifest = v.parse(manifestSchema, readJson(fixturePath(folder, 'explanations.json')));
  const { layer = '', noise = {} } = manifest.networks[net] ?? {};
  const { targets } = manifest;
  const input = inputPipelineOf[fixture.manifest.preprocess];
  const config = runConfig(fixture.network, { input, batchSize: fixture.count });
  await engine.compile(config, { step: 0, parameters: fixture.init, optimizer: {} });
  const checks: Check[] = [];
  const check = (name: string, actual: ArrayLike<number>, first = 0): void => {
    const expected = floatTensor(tensors, `${net}/${name}`);
    const part = expected.subarray(first * actual.length, (first + 1) * actual.length);
    const what = first === 0 ? name : `${name} of image ${first}`;
    checks.push(compareCheck('explanations', what, distance(actual, part), toleranceOf(noise[name])));
  };

  const { images } = fixture;
  const { gradients } = await engine.layerGradients(images, explained, classRows(targets), [
    networkInput,
    layer,
  ]);
  for (const [name, key] of [
    ['input_gradient', networkInput],
    ['layer_gradient', layer],
  ] as const) {
    const { shape = [], data = new Float32Array(0) } = gradients.get(key) ?? {};
    check(name, data.subarray(0, ofLayers * sizeOf(shape.slice(1))));
  }
  for (const [n, target] of targets.entries()) {
    const { saliency, gradCam } = await explain(engine, input, imageOf(images, n), { target, layer });
    check('saliency', saliency, n);
    check('cam', gradCam?.values ?? [], n);
    check('cam28', gradCam?.overImage ?? [], n);
  }
  checks.push(
    ...(await occlusionChecks(engine, fixture, manifest, floatTensor(tensors, `${net}/occlusion`))),
  );
  if (!manifest.attacked.includes(net)) return checks;
  for (const [name, { epsilon, steps, step_size: stepSize, targeted, labels }] of Object.entries(
    manifest.attacks,
  )) {
    const expected = byteTensor(tensors, `${net}/${name}`);
    const options = labels.map((label) => ({ label, isTargeted: targeted, epsilon, stepSize }));
    const made = await attack(engine, input, images, options, steps);
    const differing = made.filter((value, i) => value !== expected[i]).length / made.length;
    checks.push(compareCheck('explanations', name, differing, differingBytes));
  }
  return checks;
}

async function occlusionChecks(
  engine: Engine,
  { images }: Fixture,
  { targets, occlusion: squares }: v.InferOutput<typeof manifestSchema>,
  expected: Float32Array,
): Promise<Check[]> {
  const target = targets[0] ?? 0;
  const image = imageOf(images, 0);
  const found = await occlusion(engine, image, { target, ...squares }, new AbortController().signal);
  const places = found.count ** 2;
  // PyTorch kept the values with the square; what the image has without one is the engine's, whose logits parity compares.
  const whole = await explain(engine, { augment: null, resize: null, normalize: null }, image, {
    target,
    layer: null,
  });
  const logit = whole.logits[target] ?? NaN;
  const probabilities = [...whole.logits].map(Math.exp);
  const probability = (probabilities[target] ?? NaN) / probabilities.reduce((sum, p) => sum + p, 0);
  return [
    compareCheck(
      'explanations',
      'occlusion logits',
      distance(
        found.logitDrops.map((drop) => logit - drop),
        expected.subarray(0, places),
      ),
      2e-5,
    ),
    compareCheck(
      'explanations',
      'occlusion probabilities',
      distance(
        found.probabilityDrops.map((drop) => probability - drop),
        expected.subarray(places, 2 * places),
      ),
      2e-5,
    ),
  ];
}
