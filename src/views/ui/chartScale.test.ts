import { describe, expect, it } from 'vitest';
import { epochMarks, logTicks } from '@/views/ui/chartScale';

describe('logTicks', () => {
  it('gives 1, 2, 5 ticks inside the range', () => {
    expect(logTicks(0.04, 2.4)).toEqual([0.05, 0.1, 0.2, 0.5, 1, 2]);
  });
  it('keeps to powers of ten on a wide range', () => {
    expect(logTicks(1e-4, 1e4)).toEqual([1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000, 1e4]);
  });
  it('has none where a logarithm has none', () => {
    expect(logTicks(-1, 2)).toEqual([]);
    expect(logTicks(0, 2)).toEqual([]);
    expect(logTicks(1, Infinity)).toEqual([]);
  });
});

describe('epochMarks', () => {
  it('marks finished epochs only', () => {
    expect(epochMarks(938, 2000)).toEqual([
      { step: 938, epoch: 1 },
      { step: 1876, epoch: 2 },
    ]);
  });
  it('thins marks evenly', () => {
    const marks = epochMarks(10, 400, 12);
    expect(marks).toHaveLength(10);
    expect(marks[0]).toEqual({ step: 40, epoch: 4 });
  });
  it('has none before there is a run', () => {
    expect(epochMarks(0, 100)).toEqual([]);
  });
});
