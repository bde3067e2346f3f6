import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { architectures } from '@/model/architectures';
import { defaultConfig } from '@/model/presets';
import { inferShapes, inputShape } from '@/model/shapes';
import { fittedExponent } from '../bench/scaling.ts';
import { type BenchReport, reportMarkdown } from '../bench/reportMarkdown.ts';
import { readResults, resultEngines, resultOf } from '../bench/resultFile.ts';
import { performancePage, withTables } from '../bench/resultTables.ts';
import { widened } from '../bench/widened.ts';

test.each(architectures)('$name keeps its shapes consistent at other widths', (network) => {
  const shape = inputShape(defaultConfig(network.id).input);
  for (const factor of [0.5, 2]) {
    const shapes = inferShapes(widened(network, factor), shape);
    expect(shapes.at(-1)?.output).toEqual([10]);
    const first = network.layers.find((layer) => layer.kind === 'Conv2d')?.outChannels ?? NaN;
    expect(shapes.find(({ layer }) => layer.kind === 'Conv2d')?.output[0]).toBe(first * factor);
  }
});

test('the fitted exponent of a power law is its exponent', () => {
  const points = [1, 4, 16].map((size) => [size, 3 * size ** 0.7] as const);
  expect(fittedExponent(points)).toBeCloseTo(0.7, 12);
});

test('a row that was not measured is told from one that was', () => {
  const row = {
    network: 'mynn',
    batchSize: 64,
    width: 1,
    optimizer: 'SGD' as const,
    firstStepMilliseconds: 1000,
    rounds: [1, 2, 3],
    median: 2,
    minimum: 1,
    maximum: 3,
    imagesPerSecond: 32_000,
    ratio: 1,
    profile: null,
    error: null,
  };
  const report: BenchReport = {
    date: '2026-11-25T03:00:00.000Z',
    machine: { cpu: 'CPU', cores: 2, node: 'v20' },
    driver: null,
    load: [0.1, 2],
    rounds: 3,
    where: 'node',
    suite: false,
    engineCommit: null,
    only: null,
    results: [
      { ...row, label: 'our wasm engine, 2 threads' },
      { ...row, label: 'failed', rounds: [], error: 'No adapter.' },
    ],
    scaling: [],
  };
  const text = reportMarkdown(report);
  expect(text).toContain('| our wasm engine, 2 threads | 2.00 | 1.00 to 3.00 | 32000 | 1.00 |');
  expect(text).toContain('| failed | not measured: No adapter. |');
  expect(text).toContain('load average 0.1 before, 2.0 after');
  expect(resultOf(report, null).rows).toEqual([
    {
      network: 'mynn',
      batchSize: 64,
      engine: 'wasm',
      threads: 2,
      milliseconds: 2,
      minimum: 1,
      maximum: 3,
      firstStepSeconds: 1,
    },
  ]);
});

test('the tables of docs/performance.md are those of bench/results', () => {
  const results = readResults();
  for (const { rows } of results)
    for (const { engine, milliseconds } of rows) {
      expect(resultEngines).toContain(engine);
      expect(milliseconds).toBeGreaterThan(0);
    }
  const page = readFileSync(performancePage, 'utf8');
  expect(withTables(page, results)).toBe(page);
});
