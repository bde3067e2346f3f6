/** The child process of one engine in Node: tfjs has one backend a process. Argument: a name from scripts/parity/engines.ts. */
import { engines, isParityEngineName } from '../scripts/parity/engines.ts';
import { answer, type EngineCommand } from './engineTask.ts';

const name = process.argv[2] ?? '';
if (!isParityEngineName(name)) throw new Error(`Unknown engine "${name}".`);
const engine = engines[name].create();
// A failed start is answered to the first command.
engine.catch(() => undefined);

process.on('message', (message) => {
  // engineRow.ts, of the same version, sends nothing else.
  void answer(engine, message as EngineCommand).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit(0));
