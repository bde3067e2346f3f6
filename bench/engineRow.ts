/** An engine in a Node process of its own, as a row of the benchmark. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ParityEngineName } from '../scripts/parity/engines.ts';
import type { EngineAnswer, EngineCommand } from './engineTask.ts';
import type { BenchRow } from './row.ts';

const script = fileURLToPath(new URL('./engineProcess.ts', import.meta.url));
const tsconfig = fileURLToPath(new URL('../tsconfig.scripts.json', import.meta.url));

/** `name` in Node; webgpu rows run on the Vulkan driver that scripts/dawn.ts finds or VK_ICD_FILENAMES names. */
export function engineRow(name: ParityEngineName): BenchRow {
  const child = fork(script, [name], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, TSX_TSCONFIG_PATH: tsconfig },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ask = async (command: EngineCommand): Promise<number> => {
    child.send(command);
    const [message] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => {
        throw new Error(`${name}: the process ended.`);
      }),
    ]);
    const { milliseconds, error } = message as EngineAnswer;
    if (error !== null) throw new Error(error);
    return milliseconds;
  };
  return {
    label: `${name} (Node)`,
    prepare: async (task) => ({ firstStepMilliseconds: await ask({ prepare: task }) }),
    run: (steps) => ask({ run: steps }),
    close: () => {
      if (child.connected) child.disconnect();
      return Promise.resolve();
    },
  };
}
