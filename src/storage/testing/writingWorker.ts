/// <reference lib="webworker" />
/** Writes one run, further and further, until it is ended. */
import { openDatabase } from '@/storage/database';
import { databaseRuns } from '@/storage/runs/databaseRuns';
import { writeOf } from '@/storage/testing/runWrites';

interface Task {
  readonly name: string;
  readonly id: string;
  readonly mark: number;
}

async function write({ name, id, mark }: Task): Promise<never> {
  const store = databaseRuns(await openDatabase(name));
  const begun = (await store.get(id))?.summary.steps ?? 0;
  for (let step = begun; ; step += 100) {
    // Large enough that a write takes a while, in which it is cut.
    const drop = step % 500 === 0 ? [] : [step];
    // oxlint-disable-next-line no-await-in-loop
    await store.write(writeOf({ id, mark, values: 200_000 }, step, step + 100, drop));
    self.postMessage(step + 100);
  }
}

self.addEventListener('message', ({ data }: MessageEvent<Task>) => void write(data));
