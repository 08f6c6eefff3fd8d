import { describe, expect, it } from 'vitest';
import { bootstrapInterval, bootstrapIntervals } from './bootstrap.ts';
import { brierScore } from './calibration-error.ts';
import { rocAuc } from './ranking.ts';
import { type ProbabilitySet, readProbabilities, type ScoreSet } from './score-set.ts';

function setOf(labels: number[], scores: number[], groups?: (string | number)[]): ProbabilitySet {
  const set = readProbabilities(groups === undefined ? { labels, scores } : { labels, scores, groups });
  if (!set.ok) throw new Error(set.failure.kind);
  return set.value;
}

/** 100 samples, half of them fake, scores overlapping. */
const labels = Array.from({ length: 100 }, (_, index) => index % 2);
const scores = labels.map((label, index) => ((index * 37) % 100) / 150 + label * 0.2);
/** The same in every resample. */
const share = (set: ScoreSet): number => set.positives / set.scores.length;

describe('bootstrapInterval', () => {
  it('repeats with its seed and varies with it', () => {
    const set = setOf(labels, scores);
    const first = bootstrapInterval(set, rocAuc, { seed: 7 });
    expect(bootstrapInterval(set, rocAuc, { seed: 7 })).toEqual(first);
    expect(bootstrapInterval(set, rocAuc, { seed: 8 })).not.toEqual(first);
    const auc = rocAuc(set) ?? 0;
    expect(first.ok && first.value.lower < auc && auc < first.value.upper).toBe(true);
  });

  it('has the width that the normal approximation gives for a share', () => {
    const reals = setOf(
      labels.map(() => 0),
      labels,
    );
    const interval = bootstrapInterval(reals, brierScore, { seed: 1, resamples: 4000 });
    // 1.96 * sqrt(0.5 * 0.5 / 100) = 0.098; a share of 100 moves in steps of 0.01.
    expect(interval.ok && Math.abs(interval.value.lower - 0.402)).toBeLessThan(0.012);
    expect(interval.ok && Math.abs(interval.value.upper - 0.598)).toBeLessThan(0.012);
  });

  it('draws groups, not samples', () => {
    const copies = 9;
    const repeat = <T>(values: T[]): T[] => values.flatMap((value) => Array<T>(copies).fill(value));
    const names = labels.map((_, index) => `picture ${index}`);
    const single = bootstrapInterval(setOf(labels, scores, names), brierScore, { seed: 3 });
    const copied = setOf(repeat(labels), repeat(scores), repeat(names));
    const grouped = bootstrapInterval(copied, brierScore, { seed: 3 });
    const width = (interval: typeof single) =>
      interval.ok ? interval.value.upper - interval.value.lower : Number.NaN;
    expect(width(grouped)).toBeGreaterThan(0.7 * width(single));
    const careless = bootstrapInterval(setOf(repeat(labels), repeat(scores)), brierScore, { seed: 3 });
    expect(width(careless)).toBeLessThan(0.5 * width(single));
  });

  it('hands the statistic sets that are whole', () => {
    const sizes = labels.map((_, index) => Math.floor(index / 10));
    const set = setOf(labels, scores, sizes);
    bootstrapInterval(
      set,
      (resample) => {
        expect(resample.scores.length).toBe(100);
        expect(resample.scores).toEqual(resample.scores.toSorted().reverse());
        expect(resample.positives).toBe(resample.labels.reduce((sum, label) => sum + label, 0));
        expect(resample.positives + resample.negatives).toBe(100);
        expect(resample.scores).toEqual(Float64Array.from(resample.indices, (index) => scores[index] ?? 0));
        return 0;
      },
      { seed: 5, resamples: 20 },
    );
  });

  it('draws each class as often as it is there', () => {
    const set = setOf([1, 0, 0, 0], [0.9, 0.2, 0.3, 0.1]);
    const interval = bootstrapInterval(set, brierScore, { seed: 2, resamples: 50 });
    expect(interval).toMatchObject({ ok: true, value: { defined: 50 } });
    expect(bootstrapInterval(set, share, { seed: 2 })).toEqual({ ok: false, failure: 'one-group' });
  });

  it('says how often the statistic was undefined, and gives up when mostly', () => {
    const both = setOf([1, 0, 0, 1], [0.9, 0.2, 0.3, 0.1], ['a', 'a', 'b', 'b']);
    const onlyFirst = (set: ScoreSet) => (set.indices.includes(0) ? (rocAuc(set) ?? 0) : null);
    const interval = bootstrapInterval(both, onlyFirst, { seed: 2 });
    // The first group is missing from a quarter of the draws of two.
    expect(interval.ok && interval.value.defined).toBeGreaterThan(700);
    expect(interval.ok && interval.value.defined).toBeLessThan(800);
    const oneClass = setOf([0, 0], [0.1, 0.2]);
    expect(bootstrapInterval(oneClass, rocAuc, { seed: 2 })).toEqual({
      ok: false,
      failure: 'undefined-statistic',
    });
  });

  it('gives the same interval for any order of the samples, also where scores are equal', () => {
    const names = labels.map((label, index) => `${label ? 'maker' : 'site'} ${index % 14}`);
    const coarse = scores.map((score) => Math.round(score * 4) / 4);
    const order = labels
      .map((_, index) => index)
      .toSorted((one, other) => ((one * 37) % 100) - ((other * 37) % 100));
    const first = bootstrapInterval(setOf(labels, coarse, names), rocAuc, { seed: 4 });
    const shuffled = setOf(
      order.map((index) => labels[index] ?? 0),
      order.map((index) => coarse[index] ?? 0),
      order.map((index) => names[index] ?? ''),
    );
    expect(bootstrapInterval(shuffled, rocAuc, { seed: 4 })).toEqual(first);
  });

  it('measures several statistics on the same resamples', () => {
    const set = setOf(labels, scores);
    const both = bootstrapIntervals(set, { rocAuc, brierScore }, { seed: 7, resamples: 200 });
    expect(both.rocAuc).toEqual(bootstrapInterval(set, rocAuc, { seed: 7, resamples: 200 }));
    expect(both.brierScore).toEqual(bootstrapInterval(set, brierScore, { seed: 7, resamples: 200 }));
  });

  it('fails when nothing varies and refuses senseless options', () => {
    const one = setOf([1, 0], [0.9, 0.2], ['a', 'a']);
    expect(bootstrapInterval(one, rocAuc, { seed: 2 })).toEqual({ ok: false, failure: 'one-group' });
    const set = setOf(labels, scores);
    expect(() => bootstrapInterval(set, rocAuc, { seed: 0.5 })).toThrow(RangeError);
    expect(() => bootstrapInterval(set, rocAuc, { seed: 1, resamples: 0 })).toThrow(RangeError);
    expect(() => bootstrapInterval(set, rocAuc, { seed: 1, confidence: 1 })).toThrow(RangeError);
  });
});
