import { describe, expect, it } from 'vitest';
import { defaultConfig } from '@/model/presets';
import { isReadingDue, stepsAtOnce } from './pace';
import { Run } from './run';

/** A run in training whose steps take this long, the compiling one left out. */
function runAt(millisecondsPerStep: number): Run {
  const run = new Run('a', defaultConfig('mynn'));
  run.aim('end');
  for (const milliseconds of [3000, millisecondsPerStep]) {
    run.stepped(1, milliseconds);
    run.metricsRead(0);
  }
  return run;
}

describe('stepsAtOnce', () => {
  it('is one where a step is finished before the next command', () => {
    expect(stepsAtOnce(runAt(0.1), 'tfjs', 60_000)).toBe(1);
    expect(stepsAtOnce(runAt(0.1), 'wasm', 60_000)).toBe(1);
  });

  it('is about 30 ms of work for a compiled GPU engine, one step at least', () => {
    expect(stepsAtOnce(runAt(1), 'webgpu', 60_000)).toBe(30);
    expect(stepsAtOnce(runAt(500), 'webgpu', 60_000)).toBe(1);
    expect(stepsAtOnce(new Run('a', defaultConfig('mynn')), 'webgpu', 60_000)).toBe(1);
  });

  it('stops at the goal, at the end of the epoch, and where the images end', () => {
    const run = runAt(1);
    run.aim('step');
    expect(stepsAtOnce(run, 'webgpu', 60_000)).toBe(1);
    run.aim('end');
    run.step = 930;
    expect(stepsAtOnce(run, 'webgpu', 60_000)).toBe(8);
    run.step = 10;
    expect(stepsAtOnce(run, 'webgpu', 11 * 64)).toBe(1);
  });
});

describe('isReadingDue', () => {
  it('comes after the first step, then ten times a second', () => {
    const first = new Run('a', defaultConfig('mynn'));
    first.stepped(1, 0);
    expect(isReadingDue(first, 0)).toBe(true);
    const run = runAt(20);
    run.stepped(1, 1);
    expect(isReadingDue(run, run.lastReading + 50)).toBe(false);
    // A clock's fraction may not survive the addition: (x + 100) - x can be a hair under 100.
    expect(isReadingDue(run, run.lastReading + 100.001)).toBe(true);
  });

  it('comes earlier where a slow GPU would take longer than that for what is queued', () => {
    const run = runAt(40);
    run.stepped(2, 0.1);
    expect(isReadingDue(run, run.lastReading + 1)).toBe(false);
    run.stepped(1, 0.1);
    expect(isReadingDue(run, run.lastReading + 1)).toBe(true);
  });
});
