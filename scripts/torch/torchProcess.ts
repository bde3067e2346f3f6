/** Real PyTorch, or another package of Python, as a process that does jobs, for tests. */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Debian's packages belong to /usr/bin/python3, whatever `python3` means. */
const candidates = ['python3', '/usr/bin/python3'];
const probe =
  'import importlib.util, sys; [importlib.util.find_spec(name) or sys.exit(1) for name in sys.argv[1:]]';

/** The interpreter that has these modules, or null. */
export function findPython(modules: readonly string[]): string | null {
  const hasAll = (python: string): boolean =>
    spawnSync(python, ['-c', probe, ...modules], { stdio: 'ignore' }).status === 0;
  return candidates.find(hasAll) ?? null;
}

/** The interpreter that has PyTorch, or null. */
export const findTorchPython = (): string | null => findPython(['torch', 'torchvision']);

export const torchMissing =
  'No Python here has torch and torchvision. On Debian: apt-get install python3-torch python3-torchvision.';

export interface TorchProcess {
  /** One line to the script; rejects with what the script answers, unless that is `ok`. */
  run(job: readonly string[]): Promise<void>;
  /** The same for a script that answers in JSON. */
  ask(job: readonly unknown[]): Promise<unknown>;
  stop(): void;
}

/** Starts a script that answers every line of its input with one line of output. */
export function startTorch(python: string, args: readonly string[]): TorchProcess {
  const child = spawn(python, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '2' },
  });
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  const answerTo = async (job: readonly unknown[]): Promise<string> => {
    child.stdin.write(`${JSON.stringify(job)}\n`);
    const answer = await answers.next();
    if (answer.done === true) throw new Error('The Python process ended; its message is above.');
    return answer.value;
  };
  return {
    async run(job) {
      const answer = await answerTo(job);
      if (answer !== 'ok') throw new Error(answer);
    },
    ask: async (job) => JSON.parse(await answerTo(job)) as unknown,
    stop() {
      child.stdin.end();
      child.kill();
    },
  };
}
