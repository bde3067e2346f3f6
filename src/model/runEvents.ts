/** What changed in a run while it trained, so that any of its steps can be computed again: pure data and its reading. */
import type { RunConfig } from '@/model/runConfig';

/** `step`: steps done when it happened; it holds from the next one on. */
export type RunEvent =
  | { readonly kind: 'learningRate'; readonly step: number; readonly learningRate: number }
  | { readonly kind: 'epochs'; readonly step: number; readonly epochs: number };

/** The settings after an event. */
export function afterEvent(config: RunConfig, event: RunEvent): RunConfig {
  return event.kind === 'learningRate'
    ? { ...config, learningRate: event.learningRate }
    : { ...config, epochs: event.epochs };
}

/** The settings with which step `step` (0 is the first) is taken, of a run that began with `config`. */
export function configAt(config: RunConfig, events: readonly RunEvent[], step: number): RunConfig {
  return events.filter((event) => event.step <= step).reduce(afterEvent, config);
}

/** The step at which settings change next after `step`; Infinity where they stay. */
export function nextChange(events: readonly RunEvent[], step: number): number {
  return Math.min(Infinity, ...events.filter((event) => event.step > step).map((event) => event.step));
}
