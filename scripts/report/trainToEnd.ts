/** One run through the real trainer in Node, with everything that it measured. */
import { performance } from 'node:perf_hooks';
import type { BackendInfo } from '@/model/backend';
import type { Engine } from '@/engine/engine';
import type { RunConfig } from '@/model/runConfig';
import { fullTestOf, type FullTest } from '@/model/runResult';
import type { RunEvent } from '@/training/runEvent';
import { Trainer } from '@/training/trainer';
import { DoctorWatch, type Verdict } from './doctorWatch.ts';
import { mnistImages } from '../mnistImages.ts';

const source = { training: mnistImages('train'), test: mnistImages('test') };

export interface TrainedRun {
  readonly info: BackendInfo;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** One value a step. */
  readonly losses: readonly number[];
  readonly tests: readonly FullTest[];
  readonly verdicts: readonly Verdict[];
  /** Everything that the trainer told, in order, its status aside. */
  readonly events: readonly RunEvent[];
}

export interface TrainOptions {
  readonly create: () => Promise<Engine>;
  readonly config: RunConfig;
  /** Hears of every event as it comes. */
  readonly onEvent: (event: RunEvent) => void;
}

/** @throws Error when the run fails */
export async function trainToEnd({ create, config, onEvent }: TrainOptions): Promise<TrainedRun> {
  const events: RunEvent[] = [];
  const doctor = new DoctorWatch(config);
  let settle: { readonly done: () => void; readonly failed: (error: Error) => void } | null = null;
  const end = new Promise<void>((done, failed) => {
    settle = { done, failed };
  });
  const emit = (event: RunEvent): void => {
    onEvent(event);
    doctor.hear(event);
    if (event.type !== 'runStatus' && event.type !== 'runKept') events.push(event);
    if (event.type === 'runFailed') settle?.failed(new Error(event.error.message));
    if (event.type === 'runStatus' && event.status.phase === 'finished') settle?.done();
  };
  const trainer = new Trainer({ source, emit, onEngineLost: (error) => settle?.failed(error) });
  try {
    const { info } = await trainer.useEngine(create);
    await trainer.prepare('report', config, 'seed');
    const start = performance.now();
    const cpuStart = process.cpuUsage();
    trainer.train('report', 'end');
    await end;
    const { user, system } = process.cpuUsage(cpuStart);
    return {
      info,
      seconds: (performance.now() - start) / 1000,
      cpuSeconds: (user + system) / 1e6,
      losses: events.flatMap((event) => (event.type === 'metrics' ? [...event.loss] : [])),
      tests: events.flatMap((event) =>
        event.type === 'evaluated' && event.extent === 'full' ? [fullTestOf(event)] : [],
      ),
      verdicts: doctor.verdicts,
      events,
    };
  } finally {
    trainer.dispose();
  }
}
