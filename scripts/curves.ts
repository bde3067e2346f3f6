/**
 * Learning curves on the report's settings through the trainer in Node, against PyTorch's reference
 * (../shared/pytorch/README.md): `npx tsx --tsconfig tsconfig.scripts.json scripts/curves.ts [--engine wasm] [--epochs N] [network ...]`.
 */
import { parseArgs } from 'node:util';
import { defaultConfig } from '@/model/presets';
import type { RunConfig } from '@/model/runConfig';
import { Trainer, type RunEvent } from '@/training/trainer';
import { mnistImages } from './mnistImages.ts';
import { engines, isParityEngineName } from './parity/engines.ts';

/** Test accuracy after epoch 3 in PyTorch, and how far a run of ours may be from it. */
const reference: Readonly<Record<string, { readonly accuracy: number; readonly within: number }>> = {
  mynn: { accuracy: 0.926, within: 0.02 },
  lenet: { accuracy: 0.928, within: 0.025 },
};
const seeds = [1, 2, 3];

const { values, positionals } = parseArgs({
  options: {
    epochs: { type: 'string', default: '3' },
    engine: { type: 'string', default: 'tfjs-wasm' },
  },
  allowPositionals: true,
});
const epochs = Number(values.epochs);
const { engine } = values;
if (!isParityEngineName(engine)) {
  throw new RangeError(`Unknown engine "${engine}". Known: ${Object.keys(engines).join(', ')}.`);
}
const { create } = engines[engine];
const source = { training: mnistImages('train'), test: mnistImages('test') };

type Evaluated = Extract<RunEvent, { readonly type: 'evaluated' }>;

interface Curve {
  readonly tests: readonly Evaluated[];
  readonly imagesPerSecond: number;
}

/** Trains to the end; a full test after each epoch. */
async function train(config: RunConfig): Promise<Curve> {
  const tests: Evaluated[] = [];
  let imagesPerSecond = 0;
  let finished = (): void => undefined;
  let failed: (error: Error) => void = () => undefined;
  const end = new Promise<void>((resolve, reject) => {
    finished = resolve;
    failed = reject;
  });
  const emit = (event: RunEvent): void => {
    if (event.type === 'evaluated' && event.extent === 'full') tests.push(event);
    if (event.type === 'runFailed') failed(new Error(event.error.message));
    if (event.type !== 'runStatus') return;
    imagesPerSecond = event.status.imagesPerSecond ?? imagesPerSecond;
    if (event.status.phase === 'finished') finished();
  };
  const trainer = new Trainer({ source, emit });
  await trainer.useEngine(create);
  await trainer.prepare('curve', config);
  trainer.train('curve', 'end');
  await end;
  trainer.dispose();
  return { tests, imagesPerSecond };
}

const percent = (share: number): string => (100 * share).toFixed(2);

let isWithin = true;
console.log('network  seed  epoch  test %  test loss  sum of means  images/s');
for (const network of positionals.length > 0 ? positionals : ['mynn', 'lenet']) {
  for (const seed of seeds) {
    // One after the other: they share the cores.
    // oxlint-disable-next-line no-await-in-loop
    const { tests, imagesPerSecond } = await train({ ...defaultConfig(network), epochs, seed });
    for (const { epoch, accuracy, loss, sumOfBatchMeans } of tests) {
      const columns = [
        network.padEnd(7),
        String(seed).padStart(5),
        String(epoch).padStart(6),
        percent(accuracy).padStart(7),
        loss.toFixed(4).padStart(10),
        sumOfBatchMeans.toFixed(2).padStart(13),
        imagesPerSecond.toFixed(0).padStart(9),
      ];
      console.log(columns.join(' '));
      const expected = reference[network];
      if (expected === undefined || epoch !== 3) continue;
      const distance = Math.abs(accuracy - expected.accuracy);
      isWithin &&= distance <= expected.within;
      console.log(
        `  after epoch 3: ${percent(accuracy)} %, PyTorch ${percent(expected.accuracy)} %, ` +
          `off by ${percent(distance)} of ${percent(expected.within)} points`,
      );
    }
  }
}
process.exit(isWithin ? 0 : 1);
