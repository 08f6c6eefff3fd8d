import { describe, expect, it } from 'vitest';
import { fitPlatt, type PlattSample } from './platt.ts';
import { probabilityOf } from './pool.ts';

describe('fitPlatt', () => {
  it('finds the line that made the samples', () => {
    // Each score occurs 1000 times, generated as often as the line says, and the classes come out equal.
    const samples: PlattSample[] = [];
    for (let score = -2; score <= 2; score += 0.5) {
      const generated = Math.round(1000 * probabilityOf(1.3 * score));
      for (let index = 0; index < 1000; index++) samples.push({ score, generated: index < generated });
    }
    const fit = fitPlatt(samples);
    expect(fit?.a).toBeCloseTo(1.3, 2);
    expect(fit?.b).toBeCloseTo(0, 2);
  });

  it('weighs the classes equally', () => {
    const few: PlattSample[] = [
      { score: 0.1, generated: true },
      { score: -1, generated: true },
      { score: -0.5, generated: false },
      { score: 0.3, generated: false },
    ];
    const many = few.flatMap((sample) => (sample.generated ? [sample] : [sample, sample, sample]));
    expect(fitPlatt(many)?.a).toBeCloseTo(fitPlatt(few)?.a ?? Number.NaN, 8);
    expect(fitPlatt(many)?.b).toBeCloseTo(fitPlatt(few)?.b ?? Number.NaN, 8);
  });

  it('has no answer for one class', () => {
    expect(fitPlatt([{ score: 1, generated: true }])).toBeNull();
    expect(fitPlatt([])).toBeNull();
  });
});
