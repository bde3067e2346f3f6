/** Trains LeNet as a visitor would and lets it read scripted drawings. */
import type { Engine } from '@/engine/engine';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { mnistPreprocess } from '@/model/mnistPreprocess';
import { defaultConfig } from '@/model/presets';
import type { Stroke } from '@/model/strokes';
import { mnistImages } from '../mnistImages.ts';
import { nodeHost } from '../wasm/nodeHost.ts';

const epochs = 2;

/** LeNet after two epochs: cross entropy, SGD 0.1 with momentum 0.9, batches of 64, shuffled. Plain kernels give the same bits on every CPU. */
export async function trainedLeNet(seed: number): Promise<{ engine: Engine; accuracy: number }> {
  const engine = await createWasmEngine({ host: nodeHost(), threads: 1, relaxed: false });
  const training = mnistImages('train');
  const testing = mnistImages('test');
  await engine.setImages('train', training);
  await engine.setImages('test', testing);
  const config = {
    ...defaultConfig('lenet'),
    optimizer: { kind: 'SGD', momentum: 0.9, dampening: 0, nesterov: false, weightDecay: 0 },
    learningRate: 0.1,
    shuffle: true,
    epochs,
    seed,
  } as const;
  await engine.compile(config);
  await engine.step(epochs * Math.ceil(training.count / config.batchSize));
  const { accuracy } = await engine.evaluate('test', testing.count);
  return { engine, accuracy };
}

/** The digit that the network reads in each drawing. */
export async function readDrawings(
  engine: Engine,
  drawings: readonly (readonly Stroke[])[],
): Promise<number[]> {
  const images = new Uint8Array(drawings.length * 784);
  for (const [index, strokes] of drawings.entries()) images.set(mnistPreprocess(strokes), index * 784);
  const logits = await engine.predict(images, drawings.length);
  return drawings.map((_, index) => {
    const row = [...logits.subarray(index * 10, index * 10 + 10)];
    return row.indexOf(Math.max(...row));
  });
}
