/** A trainer in a Node process of its own, as a row of the benchmark. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './row.ts';
import type { TrainerAnswer, TrainerCommand } from './trainer.ts';
import { labelOf } from './trainerNames.ts';

const script = fileURLToPath(new URL('./engineProcess.ts', import.meta.url));
const tsconfig = fileURLToPath(new URL('../tsconfig.scripts.json', import.meta.url));

/** `name` in Node; webgpu rows run on the Vulkan driver that scripts/dawn.ts finds or VK_ICD_FILENAMES names. */
export function engineRow(name: string): BenchRow {
  const child = fork(script, [name], {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, TSX_TSCONFIG_PATH: tsconfig },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // A profile's figures may be NaN, which JSON turns into null.
    serialization: 'advanced',
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`${name}: the process ended.`);
  });
  ended.catch(() => undefined);
  const ask = async (command: TrainerCommand): Promise<TrainerAnswer> => {
    child.send(command);
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [TrainerAnswer];
    if (message.error !== null) throw new Error(message.error);
    return message;
  };
  return {
    label: labelOf(name),
    prepare: async (task) => ({ firstStepMilliseconds: (await ask({ prepare: task })).milliseconds }),
    run: async (steps) => (await ask({ run: steps })).milliseconds,
    profile: async (steps) => (await ask({ profile: steps })).profile,
    close: () => {
      child.kill('SIGKILL');
      return Promise.resolve();
    },
  };
}
