/** What the page keeps of the run, to go on with when the worker is lost: its last state, and what it was told to do. */
import type { EngineState, Weights } from '@/model/engineState';
import type { RunConfig } from '@/model/runConfig';
import type { RunEvent } from '@/model/runEvents';
import { drawnFromSeed } from '@/model/weightsOrigin';
import { epochLosses, type EvaluationPoint } from '@/model/testFigures';
import type { Command, KeptRun, StopUnit } from '@/protocol/messages';
import { isTraining } from '@/session/selectors';
import type { RunState } from '@/session/sessionState';
import type { SessionEvent } from '@/session/trainerClient';

const seedWeights: Weights = { parameters: null, origin: drawnFromSeed };

/** How a run goes on in another worker. */
export interface Resumption {
  /** As it began. */
  readonly config: RunConfig;
  readonly kept: KeptRun;
  /** Train on until then; null: it rests. */
  readonly until: 'end' | StopUnit | null;
}

export class RunKeeper {
  #runId: string | null = null;
  #config: RunConfig | null = null;
  #initial: Weights = seedWeights;
  #events: readonly RunEvent[] = [];
  #state: EngineState | null = null;
  #until: 'end' | StopUnit = 'end';

  /** A command goes to the worker. */
  sent(command: Command): void {
    if (command.type === 'prepare' || command.type === 'restore' || command.type === 'branch') {
      this.#runId = command.runId;
      this.#config = command.config;
      this.#initial = seedWeights;
      this.#events = [];
      this.#state = null;
    }
    if (command.type === 'train') this.#until = command.until;
  }

  /** The worker told of something. */
  heard(event: SessionEvent): void {
    if (event.type === 'runBegan' && event.runId === this.#runId) this.#initial = event.initial;
    if (event.type === 'runChanged' && event.runId === this.#runId) this.#events = event.events;
    if (event.type === 'runKept' && event.runId === this.#runId) this.#state = event.state;
  }

  /** The run as it can go on; from its first step where nothing was kept. */
  resumption(
    { config, stepsPerEpoch, phase }: RunState,
    evaluations: readonly EvaluationPoint[],
  ): Resumption {
    const step = this.#state?.step ?? 0;
    const isTested = evaluations.some(({ extent, step: at }) => extent === 'full' && at === step);
    return {
      config: this.#config ?? config,
      kept: {
        initial: this.#initial,
        state: this.#state,
        seconds: 0,
        events: this.#events,
        testLosses: epochLosses(evaluations, stepsPerEpoch),
        fullTestDue: step > 0 && step % stepsPerEpoch === 0 && !isTested,
        isOver: phase === 'stopped',
      },
      until: isTraining(phase) ? this.#until : null,
    };
  }
}
