import { describe, expect, it } from 'vitest';
import { Heartbeat, type WorkerPulse } from './heartbeat';

function watched() {
  const pulses: WorkerPulse[] = [];
  let asked = 0;
  const heartbeat = new Heartbeat({
    ask: () => (asked += 1),
    onChange: (pulse) => pulses.push(pulse),
  });
  const seconds = (count: number): void => {
    for (let i = 0; i < count; i += 1) heartbeat.tick();
  };
  return { heartbeat, pulses, seconds, asked: () => asked };
}

describe('Heartbeat', () => {
  it('notices within five seconds that a worker has stopped answering, and that it answers again', () => {
    const { heartbeat, pulses, seconds, asked } = watched();
    seconds(1);
    heartbeat.answered();
    for (let i = 0; i < 20; i += 1) {
      seconds(1);
      heartbeat.answered();
    }
    expect(pulses).toEqual(['answering']);
    expect(asked()).toBe(21);
    seconds(5);
    expect(pulses).toEqual(['answering', 'silent']);
    // Nothing is asked while a question is open: the worker would have to answer them all.
    expect(asked()).toBe(22);
    heartbeat.answered();
    expect(pulses).toEqual(['answering', 'silent', 'answering']);
  });

  it('gives the script of a worker more time, and says when it is late', () => {
    const { heartbeat, pulses, seconds } = watched();
    seconds(8);
    expect(pulses).toEqual([]);
    seconds(1);
    expect(pulses).toEqual(['late']);
    heartbeat.answered();
    expect(pulses).toEqual(['late', 'answering']);
  });

  it('waits for a worker that said how long it is busy, once', () => {
    const { heartbeat, pulses, seconds } = watched();
    seconds(1);
    heartbeat.answered();
    seconds(3);
    heartbeat.busy(30);
    seconds(29);
    expect(pulses).toEqual(['answering']);
    heartbeat.answered();
    seconds(5);
    expect(pulses).toEqual(['answering', 'silent']);
  });

  it('tells of one that is busy for longer than it said', () => {
    const { heartbeat, pulses, seconds } = watched();
    seconds(1);
    heartbeat.answered();
    heartbeat.busy(10);
    seconds(12);
    expect(pulses).toEqual(['answering', 'silent']);
  });
});
