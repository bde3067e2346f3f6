/** What is opened for WebGPU in Chromium, which is SwiftShader where there is no GPU: the compiled engine, and its first steps against wasm. */
import { expect, test } from 'vitest';
import { browserHost } from '@/engine/wasm/browserHost';
import { createWasmEngine } from '@/engine/wasm/createWasmEngine';
import { firstDigits, firstLosses, relativeDifference, runConfig } from '@/engine/testing/testRuns';
import { openEngine } from '@/training/openEngine';
import { mynn } from '@/model/architectures';

const bytes = async (url: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await (await fetch(url)).arrayBuffer());

test('the first losses of Mynn equal the WebAssembly engine’s within 1e-4', async () => {
  const digits = firstDigits(await bytes('/mnist/train-0.png'), await bytes('/mnist/train-labels.bin'), 40);
  const config = runConfig(mynn, { batchSize: 8, trainingImages: 40, shuffle: true });
  const { engine, fallbackReason } = await openEngine(
    { choice: 'webgpu', reference: false },
    { wasmHost: browserHost() },
  );
  expect(fallbackReason).toBeNull();
  expect(engine.info).toMatchObject({ engine: 'webgpu', backend: 'webgpu' });
  const reference = await createWasmEngine({ host: browserHost(), threads: 1 });
  await engine.setImages('train', digits);
  await reference.setImages('train', digits);
  const expected = await firstLosses(reference, config, 6);
  expect(relativeDifference(await firstLosses(engine, config, 6), expected)).toBeLessThan(1e-4);
  const logits = await engine.predict(digits.images, 2);
  const theirs = await reference.predict(digits.images, 2);
  theirs.forEach((logit, i) => expect(logits[i]).toBeCloseTo(logit, 4));
  engine.dispose();
  reference.dispose();
});
