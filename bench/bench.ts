/**
 * npm run bench -- [--net NAME[,NAME]] [--batch N] [--where node|chromium] [--rounds N] [--quick] [--json FILE]
 * Milliseconds a training step, median of interleaved rounds with minimum and maximum; ratios only mean something
 * within one run. The first row is the reference.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { chromiumRows } from './chromiumRows.ts';
import { engineRow } from './engineRow.ts';
import { measure, type Measured } from './measure.ts';
import { pythonWithTorch, pytorchRow } from './pytorchRow.ts';
import type { BenchRow } from './row.ts';
import { wasmEngineName } from './wasmNames.ts';

const { values } = parseArgs({
  options: {
    net: { type: 'string', default: 'mynn,lenet' },
    batch: { type: 'string', default: '64' },
    where: { type: 'string', default: 'node' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});

const batchSize = Number(values.batch);
const rounds = Number(values.rounds ?? (values.quick ? 3 : 7));
if (!Number.isInteger(batchSize) || batchSize < 1 || !Number.isInteger(rounds) || rounds < 1) {
  throw new RangeError('--batch and --rounds take whole numbers from 1.');
}
if (values.where !== 'node' && values.where !== 'chromium') {
  throw new RangeError('--where takes node or chromium.');
}

function torchRows(): BenchRow[] {
  const python = pythonWithTorch();
  if (python === undefined) {
    console.log('PyTorch is not installed here (Debian: python3-torch, libopenblas0-pthread): no such row.');
    return [];
  }
  return [1, Math.min(2, cpus().length)].map((threads) => pytorchRow(python, threads));
}

async function engineRows(): Promise<BenchRow[]> {
  return values.where === 'node'
    ? [engineRow('wasm'), engineRow('wasm-threads'), engineRow('tfjs-wasm'), engineRow('tfjs-webgpu')]
    : chromiumRows([
        wasmEngineName(1, true),
        wasmEngineName(1, false),
        wasmEngineName(2, true),
        'wasm',
        'webgl',
        'webgpu',
      ]);
}

function print(results: readonly Measured[]): void {
  const number = (value: number, digits = 1): string => (Number.isNaN(value) ? '-' : value.toFixed(digits));
  console.table(
    results.map((result) => ({
      network: result.network,
      engine: result.label,
      'ms/step': number(result.median),
      min: number(result.minimum),
      max: number(result.maximum),
      'images/s': number(result.imagesPerSecond, 0),
      ratio: number(result.ratio, 2),
      'first step ms': number(result.firstStepMilliseconds, 0),
      error: result.error ?? '',
    })),
  );
}

const all: Measured[] = [];
for (const network of values.net.split(',')) {
  // Fresh processes for each network: tfjs's WebAssembly heap never shrinks.
  const rows = [...torchRows(), ...(await engineRows())];
  const results = await measure(
    rows,
    { network, batchSize },
    { rounds, roundMilliseconds: values.quick ? 500 : 1500 },
  );
  await Promise.all(rows.map((row) => row.close()));
  print(results);
  all.push(...results);
}
if (values.json !== undefined) {
  const machine = { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version };
  const report = { date: new Date().toISOString(), machine, rounds, where: values.where, results: all };
  writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}
process.exit(0);
