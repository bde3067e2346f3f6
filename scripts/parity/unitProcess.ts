/** The child process of one piece: tfjs's WebAssembly heap never shrinks, so each network gets a process of its own. */
import { runUnit, type UnitRequest, type UnitResult } from './units.ts';

function send(result: UnitResult): void {
  // Dawn's device keeps Node alive, hence the explicit exit once the message is out.
  process.send?.(result, undefined, undefined, () => process.exit(0));
}

// A parent that is stopped must not leave minutes of work behind.
process.once('disconnect', () => process.exit(1));

process.once('message', (message) => {
  // The parent is runUnits.ts, of the same version: the message is what it sends.
  const request = message as UnitRequest;
  runUnit(request, (what) => process.stderr.write(`  ${request.unit}: ${what}\n`)).then(
    send,
    (error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      send({ kind: 'error', unit: request.unit, message: text });
    },
  );
});
