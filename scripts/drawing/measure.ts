/**
 * Measures what docs/architecture.md says of drawings: MNIST's images, the drawn ones beside them, and the share of scripted
 * drawings that LeNet reads right by size.
 *   npm run drawings -- [--seeds N]     N networks, by default 1; 0 measures the images alone
 */
import { parseArgs } from 'node:util';
import { mnistPreprocess } from '@/model/mnistPreprocess';
import { mnistImages } from '../mnistImages.ts';
import { drawingsOfSize, sizes } from './handwriting.ts';
import { type ImageStatistics, imageStatistics, mean, quantile } from './imageStatistics.ts';
import { readDrawings, trainedLeNet } from './readDrawings.ts';

const quantities = ['x', 'y', 'extent', 'intensity', 'strokeWidth'] as const;

function print(name: string, images: readonly ImageStatistics[]): void {
  console.log(
    `\n${name}: ${images.length} images\n| | 5 % | mean | 95 % | least | most |\n|---|---|---|---|---|---|`,
  );
  for (const quantity of quantities) {
    const values = images.map((image) => image[quantity]);
    const figures = [
      quantile(values, 0.05),
      mean(values),
      quantile(values, 0.95),
      quantile(values, 0),
      quantile(values, 1),
    ];
    console.log(`| ${quantity} | ${figures.map((figure) => figure.toFixed(3)).join(' | ')} |`);
  }
}

const { values: options } = parseArgs({ options: { seeds: { type: 'string', default: '1' } } });
const { images, count } = mnistImages('train');
print(
  'MNIST, training',
  Array.from({ length: count }, (_, i) => imageStatistics(images.subarray(i * 784, (i + 1) * 784))),
);
print(
  'Drawings of all sizes',
  sizes.flatMap((size) =>
    drawingsOfSize(size).map(({ strokes }) => imageStatistics(mnistPreprocess(strokes))),
  ),
);
console.log(`\n| seed | test images | ${sizes.join(' | ')} |\n|---|---|${sizes.map(() => '---|').join('')}`);
for (let seed = 0; seed < Number(options.seeds); seed += 1) {
  // One network after the other.
  /* oxlint-disable no-await-in-loop */
  const { engine, accuracy } = await trainedLeNet(seed);
  const shares: string[] = [];
  for (const size of sizes) {
    const drawings = drawingsOfSize(size);
    const answers = await readDrawings(
      engine,
      drawings.map(({ strokes }) => strokes),
    );
    const right = drawings.filter(({ digit }, i) => answers[i] === digit).length;
    shares.push(((100 * right) / drawings.length).toFixed(1));
  }
  /* oxlint-enable no-await-in-loop */
  engine.dispose();
  console.log(`| ${seed} | ${(100 * accuracy).toFixed(1)} % | ${shares.join(' | ')} |`);
}
