/** The app's trainer on the WebAssembly engine with one thread, with its runs recorded in IndexedDB or not at all: what recording costs. */
import type { ImageSet } from '@/data/imageSet';
import { openDatabase } from '@/storage/database';
import { databaseRuns } from '@/storage/runs/databaseRuns';
import { RunRecorder } from '@/training/recording/runRecorder';
import type { RunEvent } from '@/training/runEvent';
import { Trainer as RunTrainer } from '@/training/trainer';
import type { BenchTask } from './row.ts';
import { benchConfig, benchImages } from './task.ts';
import type { Trainer } from './trainer.ts';
import { wasmEngineOf } from './wasmNames.ts';

/** An epoch that is longer than a round: its test would be measured too. As many as a run may have. */
const epochImages = 60_000;

/** The benchmark's images again and again. */
function longEpoch(task: BenchTask): ImageSet {
  const { images, labels, count } = benchImages(task);
  const repeats = Math.ceil(epochImages / count);
  const all = { images: new Uint8Array(repeats * images.length), labels: new Uint8Array(repeats * count) };
  for (let i = 0; i < repeats; i += 1) {
    all.images.set(images, i * images.length);
    all.labels.set(labels, i * count);
  }
  return { ...all, count: repeats * count };
}

const none: ImageSet = { images: new Uint8Array(), labels: new Uint8Array(), count: 0 };

export async function recordedTrainer(isRecorded: boolean): Promise<Trainer> {
  const engine = await wasmEngineOf('wasm');
  if (engine === undefined) throw new Error('There is no such engine.');
  const source = { training: none, test: none };
  let heard: (event: RunEvent) => void = () => undefined;
  const recorder = new RunRecorder({
    store: openDatabase('bench').then(databaseRuns),
    post: () => undefined,
    environment: () => ({ ...engine.info, browser: navigator.userAgent, pageVersion: '0' }),
  });
  const trainer = new RunTrainer({
    source,
    isKeeping: isRecorded,
    emit: (event) => {
      if (isRecorded) recorder.hear(event);
      heard(event);
    },
  });
  await trainer.useEngine(() => Promise.resolve(engine));
  let task: BenchTask | null = null;
  let runs = 0;

  /** Milliseconds of so many steps of a run that begins anew. */
  const run = async (steps: number): Promise<number> => {
    if (task === null) throw new Error('Not prepared.');
    const config = { ...benchConfig(task), trainingImages: epochImages };
    runs += 1;
    const runId = `bench-${runs}`;
    if (isRecorded) recorder.begin(runId, config);
    await trainer.prepare(runId, config, 'seed');
    const start = performance.now();
    const reached = new Promise<number>((resolve) => {
      heard = (event) => {
        if (event.type === 'runStatus' && event.runId === runId && event.status.step >= steps)
          resolve(event.status.step);
      };
    });
    trainer.train(runId, 'end');
    const done = await reached;
    const milliseconds = performance.now() - start;
    const rests = new Promise<void>((resolve) => {
      heard = (event) => {
        if (event.type === 'runStatus' && event.status.phase === 'paused') resolve();
      };
    });
    trainer.pause(runId);
    await rests;
    return (milliseconds * steps) / done;
  };

  return {
    prepare: async (asked) => {
      task = asked;
      source.training = longEpoch(asked);
      return run(1);
    },
    run,
  };
}
