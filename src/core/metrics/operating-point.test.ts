import { describe, expect, it } from 'vitest';
import { interpolatedTruePositiveRate, operatingPoint } from './operating-point.ts';
import { readScores, type ScoreSet } from './score-set.ts';

function setOf(labels: number[], scores: number[]): ScoreSet {
  const set = readScores({ labels, scores });
  if (!set.ok) throw new Error(set.failure.kind);
  return set.value;
}

describe('operatingPoint', () => {
  const set = setOf([1, 0, 1, 1, 0, 0, 0, 1], [8, 7, 6, 5, 4, 3, 2, 1]);

  it('uses every false alarm it may, at the highest threshold that finds as many', () => {
    expect(operatingPoint(set, 0)).toMatchObject({
      threshold: 8,
      truePositiveRate: 0.25,
      falsePositiveRate: 0,
    });
    expect(operatingPoint(set, 0.25)).toMatchObject({
      threshold: 5,
      truePositiveRate: 0.75,
      falsePositiveRate: 0.25,
    });
    expect(operatingPoint(set, 0.9)).toMatchObject({ threshold: 5, truePositiveRate: 0.75 });
    expect(operatingPoint(set, 1)).toMatchObject({ threshold: 1, truePositiveRate: 1, falsePositiveRate: 1 });
  });

  it('finds nothing when the highest score is a real, and has no threshold for it', () => {
    expect(operatingPoint(setOf([0, 1], [2, 1]), 0.5)).toMatchObject({
      threshold: null,
      truePositiveRate: 0,
      falsePositiveRate: 0,
    });
  });

  it('keeps to the limit where the rate equals it', () => {
    const labels = [...Array<number>(20).fill(0), 1];
    const scores = labels.map((label, index) => (label === 1 ? 18.5 : index));
    expect(operatingPoint(setOf(labels, scores), 0.05)?.truePositiveRate).toBe(1);
    expect(operatingPoint(setOf(labels, scores), 0.049)?.truePositiveRate).toBe(0);
  });

  it('refuses what is no rate', () => {
    for (const rate of [-0.01, 1.01, Number.NaN]) {
      expect(() => operatingPoint(set, rate)).toThrow(RangeError);
      expect(() => interpolatedTruePositiveRate(set, rate)).toThrow(RangeError);
    }
  });

  it('interpolates between the points, taking the top of a vertical step', () => {
    expect(interpolatedTruePositiveRate(set, 0)).toBe(0.25);
    expect(interpolatedTruePositiveRate(set, 0.25)).toBe(0.75);
    expect(interpolatedTruePositiveRate(set, 0.125)).toBe(0.25);
    expect(interpolatedTruePositiveRate(set, 1)).toBe(1);
    expect(interpolatedTruePositiveRate(setOf([1, 0], [1, 1]), 0.3)).toBeCloseTo(0.3, 15);
  });
});
