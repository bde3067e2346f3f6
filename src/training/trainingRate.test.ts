import { describe, expect, it } from 'vitest';
import { TrainingRate } from './trainingRate';

describe('TrainingRate', () => {
  it('leaves the first step out and gives its time separately', () => {
    const rate = new TrainingRate();
    rate.add({ steps: 1, images: 64, milliseconds: 3000 });
    expect(rate.imagesPerSecond).toBeNull();
    expect(rate.secondsFor(6400)).toBeNull();
    rate.add({ steps: 2, images: 128, milliseconds: 20 });
    expect(rate.firstStepMilliseconds).toBe(3000);
    expect(rate.imagesPerSecond).toBeCloseTo(6400, 9);
    expect(rate.secondsFor(6400)).toBeCloseTo(1, 9);
    expect(rate.millisecondsPerStep).toBeCloseTo(10, 9);
  });

  it('follows a change of speed within seconds', () => {
    const rate = new TrainingRate();
    rate.add({ steps: 1, images: 64, milliseconds: 100 });
    for (let i = 0; i < 1000; i += 1) rate.add({ steps: 10, images: 100, milliseconds: 100 });
    expect(rate.imagesPerSecond).toBeCloseTo(1000, 6);
    for (let i = 0; i < 60; i += 1) rate.add({ steps: 10, images: 50, milliseconds: 100 });
    expect(rate.imagesPerSecond).toBeCloseTo(500, 6);
  });

  it('forgets the old speed on another engine, but not how long the run’s first step took', () => {
    const rate = new TrainingRate();
    rate.add({ steps: 1, images: 64, milliseconds: 100 });
    rate.add({ steps: 1, images: 64, milliseconds: 10 });
    rate.restart();
    rate.add({ steps: 1, images: 64, milliseconds: 900 });
    expect(rate.imagesPerSecond).toBeNull();
    expect(rate.firstStepMilliseconds).toBe(100);
  });
});
