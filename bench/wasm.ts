/**
 * The WebAssembly engine in Chromium beside native PyTorch and tfjs wasm, interleaved; best of all rounds over best of all rounds,
 * at equal numbers of threads. Run: tsx --tsconfig tsconfig.scripts.json bench/wasm.ts [--net mynn,lenet,...] [--rounds N] [--json FILE]
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { chromiumRows } from './chromiumRows.ts';
import { measure, type Measured } from './measure.ts';
import { pythonWithTorch, pytorchRow } from './pytorchRow.ts';
import { stockWasmName, tfjsWasmName, wasmEngineName } from './wasmNames.ts';

export interface WasmComparison {
  readonly network: string;
  readonly label: string;
  readonly threads: number;
  readonly minimum: number;
  /** Over PyTorch's best at the same number of threads. */
  readonly ratioToPytorch: number;
  /** tfjs wasm's best, with its own kernels, at the same number of threads over this one's: how many times faster. */
  readonly timesStockTfjs: number;
  /** The same of tfjs wasm with our kernels. */
  readonly timesTfjs: number;
}

function compare(results: readonly Measured[], threadsOf: ReadonlyMap<string, number>): WasmComparison[] {
  const best = (label: string): number =>
    results.find((result) => result.label.startsWith(label))?.minimum ?? NaN;
  return results.map(({ network, label, minimum }) => {
    const threads = [...threadsOf].find(([name]) => label.startsWith(name))?.[1] ?? 1;
    return {
      network,
      label,
      threads,
      minimum,
      ratioToPytorch: minimum / best(`PyTorch, ${threads} thread`),
      timesStockTfjs: best(stockWasmName(threads)) / minimum,
      timesTfjs: best(tfjsWasmName(threads)) / minimum,
    };
  });
}

/** All rows of one network on 1 and `most` threads. */
export async function compareWasm(
  network: string,
  rounds: number,
  roundMilliseconds: number,
  most: number,
): Promise<WasmComparison[]> {
  const python = pythonWithTorch();
  const counts = [...new Set([1, most])];
  const names = counts.flatMap((threads) => [wasmEngineName(threads, true), wasmEngineName(threads, false)]);
  const rows = [
    ...(python === undefined ? [] : counts.map((threads) => pytorchRow(python, threads))),
    ...(await chromiumRows([...counts.map(stockWasmName), ...counts.map(tfjsWasmName), ...names])),
  ];
  const results = await measure(
    rows,
    { network, batchSize: 64 },
    { rounds, roundMilliseconds, prepareSeconds: 300 },
  );
  // One after the other: the last row of the browser closes it.
  for (const row of rows) await row.close();
  for (const { label, error } of results) if (error !== null) console.log(`${label}: ${error}`);
  const threadsOf = new Map<string, number>(
    counts.flatMap(
      (threads) =>
        [
          [`PyTorch, ${threads} thread`, threads],
          [stockWasmName(threads), threads],
          [tfjsWasmName(threads), threads],
          [wasmEngineName(threads, true), threads],
          [wasmEngineName(threads, false), threads],
        ] as const,
    ),
  );
  return compare(results, threadsOf);
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      net: { type: 'string', default: 'mynn,lenet,resnet' },
      rounds: { type: 'string', default: '12' },
      milliseconds: { type: 'string', default: '300' },
      json: { type: 'string' },
    },
  });
  const all: WasmComparison[] = [];
  for (const network of values.net.split(',')) {
    const most = Math.min(2, cpus().length);
    const found = await compareWasm(network, Number(values.rounds), Number(values.milliseconds), most);
    console.table(
      found.map(({ label, minimum, ratioToPytorch, timesStockTfjs, timesTfjs }) => ({
        network,
        engine: label,
        'best ms': minimum.toFixed(2),
        'ratio to PyTorch': ratioToPytorch.toFixed(2),
        'times stock tfjs wasm': timesStockTfjs.toFixed(1),
        'times tfjs wasm, our kernels': timesTfjs.toFixed(1),
      })),
    );
    all.push(...found);
  }
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(all, null, 1));
}
