/** What a process or worker of the benchmark trains with, and the commands that it takes. */
import type { BenchTask } from './row.ts';
import { profileSteps, type StepProfile } from './stepProfile.ts';

export interface Trainer {
  /** Loads and compiles; milliseconds of compiling and the first step. */
  readonly prepare: (task: BenchTask) => Promise<number>;
  /** Runs `steps` steps and waits for the device; milliseconds in all. */
  readonly run: (steps: number) => Promise<number>;
}

export type TrainerCommand =
  | { readonly prepare: BenchTask }
  | { readonly run: number }
  | { readonly profile: number };

export interface TrainerAnswer {
  readonly milliseconds: number;
  /** Answers `profile`. */
  readonly profile: StepProfile | null;
  readonly error: string | null;
}

async function carryOut(trainer: Trainer, command: TrainerCommand): Promise<Omit<TrainerAnswer, 'error'>> {
  if ('profile' in command) {
    return { milliseconds: Number.NaN, profile: await profileSteps(trainer, command.profile) };
  }
  const milliseconds = await ('prepare' in command
    ? trainer.prepare(command.prepare)
    : trainer.run(command.run));
  return { milliseconds, profile: null };
}

/** Carries out one command; an error becomes part of the answer. */
export async function answer(trainer: Promise<Trainer>, command: TrainerCommand): Promise<TrainerAnswer> {
  try {
    return { ...(await carryOut(await trainer, command)), error: null };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { milliseconds: Number.NaN, profile: null, error: message };
  }
}
