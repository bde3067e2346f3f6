/** Native PyTorch in a child process, with the settings that keep it fair (fixtures/pytorch/README.md). */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { LayerSpec } from '@/model/layers';
import { pytorchFixtures } from '../scripts/fixtures/readFixture.ts';
import type { BenchRow } from './row.ts';

const script = resolve(import.meta.dirname, 'pytorch.py');

/** A Python that can import torch, or undefined. Debian's package serves /usr/bin/python3 alone. */
export function pythonWithTorch(): string | undefined {
  return ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-c', 'import torch, torchvision'], { stdio: 'ignore' }).status === 0,
  );
}

/** The settings that keep it fair. */
export function onThreads(threads: number): Readonly<Record<string, string>> {
  return {
    OMP_NUM_THREADS: String(threads),
    OPENBLAS_NUM_THREADS: String(threads),
    // glibc otherwise gives large blocks back to the system after each step and faults them in again.
    MALLOC_MMAP_MAX_: '0',
    MALLOC_TRIM_THRESHOLD_: '17179869184',
  };
}

class PytorchProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;

  constructor(python: string, threads: number) {
    this.#child = spawn(python, [script, pytorchFixtures, String(threads)], {
      env: {
        ...process.env,
        ...onThreads(threads),
      },
    });
    this.#child.stderr.pipe(process.stderr);
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async ask(command: unknown): Promise<number> {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
    const answer = await this.#answers.next();
    if (answer.done === true) throw new Error('PyTorch ended before it answered; its message stands above.');
    return (JSON.parse(answer.value) as { milliseconds: number }).milliseconds;
  }

  close(): void {
    this.#child.stdin.end();
  }
}

/** What torch.nn takes of a layer. */
function argumentsOf(layer: LayerSpec): object {
  return Object.fromEntries(Object.entries(layer).filter(([key]) => key !== 'init' && key !== 'name'));
}

/** PyTorch on `threads` threads. */
export function pytorchRow(python: string, threads: number): BenchRow {
  const child = new PytorchProcess(python, threads);
  return {
    label: `PyTorch, ${threads} thread${threads === 1 ? '' : 's'}`,
    prepare: async ({ network, layers, batchSize, optimizer }) => {
      const prepare = { network, layers: layers?.map(argumentsOf), batchSize, optimizer };
      return { firstStepMilliseconds: await child.ask({ prepare }) };
    },
    run: (steps) => child.ask({ run: steps }),
    profile: () => Promise.resolve(null),
    close: () => Promise.resolve(child.close()),
  };
}
