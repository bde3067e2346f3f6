import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { UnitRequest, UnitResult } from './units.ts';

const script = fileURLToPath(new URL('./unitProcess.ts', import.meta.url));
const tsconfig = fileURLToPath(new URL('../../tsconfig.scripts.json', import.meta.url));

export interface ChildOptions {
  readonly isVerbose?: boolean;
}

/** Runs one piece in a process of its own; a crash or a lost process is an `error` result. */
export function runUnitInChild(
  request: UnitRequest,
  { isVerbose = false }: ChildOptions = {},
): Promise<UnitResult> {
  const child = fork(script, [], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, TSX_TSCONFIG_PATH: tsconfig },
    stdio: ['ignore', 'ignore', isVerbose ? 'inherit' : 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4000)));
  return new Promise((resolve) => {
    let result: UnitResult | undefined;
    child.once('message', (message) => (result = message as UnitResult));
    child.once('exit', (code, signal) => {
      const reason = `The process ended with ${signal ?? `code ${code}`} before it had a result.\n${errors}`;
      resolve(result ?? { kind: 'error', unit: request.unit, message: reason });
    });
    child.send(request);
  });
}
