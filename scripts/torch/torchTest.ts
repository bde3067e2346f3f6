/** Real PyTorch, or another program that a test compares with, for a test file. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { findPython, findTorchPython, torchMissing } from './torchProcess.ts';

/** CI installs what the tests compare with and sets this, so that the tests cannot go missing there. */
const isRequired = process.env['DIGIT_LAB_REQUIRE_TORCH'] === '1';

/** Where `found` is null a test of this file says so, and fails in CI. */
function orSaid(found: string | null, what: string, missing: string): string | null {
  test.runIf(found === null)(what, ({ skip }) => {
    if (isRequired) expect.fail(missing);
    skip(missing);
  });
  return found;
}

/** The interpreter that has PyTorch, or null: then a test of this file says so, and fails where PyTorch is required. */
export function torchPythonOfTest(): string | null {
  return orSaid(findTorchPython(), 'real PyTorch', torchMissing);
}

/** Whether this command is there; `packages`: Debian's names of what has it. */
export function hasProgramForTest(command: string, packages: string): boolean {
  const found = spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0 ? command : null;
  return orSaid(found, command, `No ${command} here. On Debian: apt-get install ${packages}.`) !== null;
}

/** The interpreter that has these modules, or null, as above; `packages`: Debian's names of what has them. */
export function pythonOfTest(modules: readonly string[], packages: string): string | null {
  const missing = `No Python here has ${modules.join(', ')}. On Debian: apt-get install ${packages}.`;
  return orSaid(findPython(modules), modules.join(', '), missing);
}
