/**
 * npm run parity -- [PATH] [--engine NAME] [--net NAME] [--json FILE] [--runs LOSS/OPT,...]
 * Compares an engine with a folder of PyTorch fixtures and exits 1 where anything is out of its tolerance.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { assertNever } from '@/model/layers';
import { pytorchFixtures } from '../fixtures/readFixture.ts';
import { engines, isParityEngineName } from './engines.ts';
import { runUnitInChild } from './runUnitInChild.ts';
import { formatUnit } from './table.ts';
import { unitNames, type UnitRequest, type UnitResult } from './units.ts';

const usage = `npm run parity -- [PATH] [options]
  PATH           a folder of fixtures (default fixtures/pytorch)
  --engine NAME  ${Object.keys(engines).join(', ')} (default wasm, the app's own without a GPU)
  --net NAME     ${unitNames.join(', ')} (default all; may be repeated)
  --runs LIST    only these LOSS/OPTIMIZER runs of three steps, such as ce/adam,ce/sgd (default all)
  --json FILE    also write every single comparison there
  --verbose      show what is being run`;

function fail(message: string): never {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
}

function requestsFromArguments(): { requests: UnitRequest[]; json: string | undefined; isVerbose: boolean } {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      engine: { type: 'string', default: 'wasm' },
      net: { type: 'string', multiple: true, default: [...unitNames] },
      runs: { type: 'string' },
      json: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const [folder = pytorchFixtures, ...rest] = positionals;
  if (rest.length > 0) fail('Give the path of one fixture folder.');
  const { engine, net, runs, json, verbose: isVerbose } = values;
  if (!isParityEngineName(engine)) fail(`Unknown engine "${engine}".`);
  const unknown = net.find((name) => !unitNames.includes(name));
  if (unknown !== undefined) fail(`Unknown network "${unknown}".`);
  const requests = net.map((unit) => ({ folder, unit, engine, runs: runs?.split(',') ?? null }));
  return { requests, json, isVerbose };
}

function isFailure(result: UnitResult, engine: UnitRequest['engine']): boolean {
  switch (result.kind) {
    case 'done':
      return result.checks.length === 0 || result.checks.some(({ pass }) => !pass);
    case 'refused':
      // A GPU's binding limit is the adapter's; everywhere else a refusal is ours to mend.
      return !engines[engine].mayRefuse;
    case 'error':
      return true;
    default:
      return assertNever(result);
  }
}

const { requests, json, isVerbose } = requestsFromArguments();
const results: UnitResult[] = [];
let failed = 0;
for (const request of requests) {
  const start = performance.now();
  const result = await runUnitInChild(request, { isVerbose });
  console.log(formatUnit(result, (performance.now() - start) / 1000));
  results.push(result);
  if (isFailure(result, request.engine)) failed++;
}

const count = (kind: UnitResult['kind']): number => results.filter((result) => result.kind === kind).length;
const refused = count('refused');
const checks = results.reduce((sum, result) => sum + (result.kind === 'done' ? result.checks.length : 0), 0);
console.log(
  `\n${requests[0]?.engine ?? ''}: ${checks} comparisons in ${results.length} parts; ${failed} failed` +
    (refused > 0 ? `, ${refused} refused by the device (not counted as passed)` : ''),
);
if (json !== undefined) writeFileSync(json, JSON.stringify(results, null, 1));
process.exit(failed === 0 ? 0 : 1);
