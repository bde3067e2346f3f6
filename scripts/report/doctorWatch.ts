/** The doctor beside a run of the command, as the page has it: what it says, and when it first says it. */
import { performance } from 'node:perf_hooks';
import { diagnose } from '@/doctor/diagnose';
import type { Diagnosis } from '@/doctor/diagnosis';
import type { DiagnosisId } from '@/doctor/rules';
import type { EvaluationRecord } from '@/doctor/runRecord';
import type { StepStatistics } from '@/model/layerStatistics';
import type { RunConfig } from '@/model/runConfig';
import type { RunEvent } from '@/training/runEvent';

/** Between two looks, as on the page; a test is looked at at once. */
const pauseMilliseconds = 1500;

export interface Verdict {
  readonly id: DiagnosisId;
  /** Steps done when the doctor said it. */
  readonly step: number;
  /** The digits that it named then. */
  readonly digits: readonly number[];
}

export class DoctorWatch {
  readonly #config: RunConfig;
  readonly #loss: number[] = [];
  readonly #accuracy: number[] = [];
  readonly #evaluations: EvaluationRecord[] = [];
  readonly #statistics: StepStatistics[] = [];
  readonly #verdicts = new Map<DiagnosisId, Verdict>();
  #lastLook = -Infinity;

  constructor(config: RunConfig) {
    this.#config = config;
  }

  /** In the order in which they were said. */
  get verdicts(): readonly Verdict[] {
    return [...this.#verdicts.values()];
  }

  hear(event: RunEvent): void {
    if (event.type === 'metrics') {
      this.#loss.push(...event.loss);
      this.#accuracy.push(...event.accuracy);
    } else if (event.type === 'statistics') {
      this.#statistics.push(...event.steps);
    } else if (event.type === 'evaluated') {
      this.#evaluations.push(event);
    } else {
      return;
    }
    const now = performance.now();
    if (event.type !== 'evaluated' && now - this.#lastLook < pauseMilliseconds) return;
    this.#lastLook = now;
    for (const diagnosis of this.#look()) this.#note(diagnosis);
  }

  #look(): Diagnosis[] {
    if (this.#loss.length === 0) return [];
    return diagnose({
      config: this.#config,
      loss: this.#loss,
      accuracy: this.#accuracy,
      evaluations: this.#evaluations,
      statistics: this.#statistics,
    });
  }

  #note({ id, digits }: Diagnosis): void {
    if (!this.#verdicts.has(id)) this.#verdicts.set(id, { id, step: this.#loss.length, digits });
  }
}
