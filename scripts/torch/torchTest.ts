/** Real PyTorch for a test file. */
import { expect, test } from 'vitest';
import { findTorchPython, torchMissing } from './torchProcess.ts';

/** CI installs PyTorch and sets this, so that the tests cannot go missing there. */
const isTorchRequired = process.env['DIGIT_LAB_REQUIRE_TORCH'] === '1';

/** The interpreter that has PyTorch, or null: then a test of this file says so, and fails where PyTorch is required. */
export function torchPythonOfTest(): string | null {
  const python = findTorchPython();
  test.runIf(python === null)('real PyTorch', ({ skip }) => {
    if (isTorchRequired) expect.fail(torchMissing);
    skip(torchMissing);
  });
  return python;
}
