import { describe, expect, it } from 'vitest';
import { MetricsLog } from './metricsLog';

function block(firstStep: number, losses: readonly number[]) {
  const loss = Float32Array.from(losses);
  return { firstStep, loss, accuracy: loss.map((x) => x / 10), learningRate: loss.map(() => 0.5) };
}

describe('MetricsLog', () => {
  it('keeps every step over many blocks', () => {
    const log = new MetricsLog();
    for (let i = 0; i < 10_000; i += 10) {
      log.append(
        block(
          i,
          Array.from({ length: 10 }, (_, k) => i + k),
        ),
      );
    }
    expect(log.count).toBe(10_000);
    expect(log.values('loss').every((value, i) => value === i)).toBe(true);
    expect(log.latest('loss')).toBe(9999);
    expect(log.latest('learningRate')).toBe(0.5);
  });

  it('takes new steps into the chart, and starts it anew for another smoothing', () => {
    const log = new MetricsLog();
    log.append(block(0, [1, 2]));
    expect(log.chart('loss', 0).map(({ value }) => value)).toEqual([1, 2]);
    log.append(block(2, [3]));
    expect(log.chart('loss', 0).map(({ step, value }) => [step, value])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(log.chart('loss', 0.5)[1]?.smoothed).toBeCloseTo((0.5 * 0.5 + 1) / 0.75, 6);
  });

  it('replaces steps that a run takes again from an earlier state', () => {
    const log = new MetricsLog();
    log.append(block(0, [1, 2, 3, 4]));
    log.chart('loss', 0);
    log.append(block(2, [30]));
    expect([...log.values('loss')]).toEqual([1, 2, 30]);
    expect(log.chart('loss', 0).map(({ value }) => value)).toEqual([1, 2, 30]);
  });

  it('knows when each step was heard of, over many blocks', () => {
    const log = new MetricsLog();
    const many = Array.from({ length: 5000 }, (_, i) => i);
    log.append(
      block(0, many),
      Float64Array.from(many, (i) => 100 + i),
    );
    log.append(block(5000, [1, 2]), 9000);
    log.append(block(5001, [3]), 9500);
    expect(log.times().slice(4998)).toEqual(Float64Array.of(5098, 5099, 9000, 9500));
  });

  it('starts where a resumed run starts, and forgets on clear', () => {
    const log = new MetricsLog();
    expect(log.latest('loss')).toBeNull();
    log.append(block(100, [7]));
    expect(log.chart('loss', 0)).toEqual([{ step: 101, value: 7, smoothed: 7 }]);
    log.clear();
    expect(log.count).toBe(0);
    expect(log.chart('loss', 0)).toEqual([]);
  });
});
