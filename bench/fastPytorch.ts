/** The preset "To 99% as fast as possible" in PyTorch on one thread: fast_pytorch.py. */
import { spawn } from 'node:child_process';
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { fastPreset } from '@/model/fastPreset';
import { pytorchFixtures } from '../scripts/fixtures/readFixture.ts';
import { defaultSourceFolder } from '../scripts/mnistSource.mjs';
import { onThreads, pythonWithTorch } from './pytorchRow.ts';
import { machineName, type SearchRun } from './searchResults.ts';

const answerSchema = v.object({
  seed: v.number(),
  accuracy: v.number(),
  seconds: v.number(),
  cpuSeconds: v.number(),
});

/** One run after the other; `tell` hears of each. @throws Error where no Python has PyTorch, or it fails */
export async function trainInPytorch(
  seeds: readonly number[],
  tell: (run: SearchRun) => void,
): Promise<void> {
  const python = pythonWithTorch();
  if (python === undefined) throw new Error('No python3 here can import torch: on Debian, python3-torch.');
  const child = spawn(python, [resolve(import.meta.dirname, 'fast_pytorch.py'), pytorchFixtures, '1'], {
    env: { ...process.env, ...onThreads(1), MNIST_DIR: defaultSourceFolder() },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(`${JSON.stringify({ config: fastPreset.config, seeds })}\n`);
  let load = loadavg()[0] ?? 0;
  let answers = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const answer = v.parse(answerSchema, JSON.parse(line));
    const measured = new Date().toISOString();
    tell({
      candidate: fastPreset.id,
      ...answer,
      measured,
      machine: machineName(),
      device: 'PyTorch, 1 thread',
      load,
    });
    load = loadavg()[0] ?? 0;
    answers += 1;
  }
  if (answers < seeds.length) throw new Error('PyTorch ended before its last run; its message stands above.');
}
