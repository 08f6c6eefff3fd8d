import { describe, expect, it } from 'vitest';
import { averagePrecision, precisionRecallPoints, rocAuc, rocPoints } from './ranking.ts';
import { readScores, type ScoreSet } from './score-set.ts';

function setOf(labels: number[], scores: number[]): ScoreSet {
  const set = readScores({ labels, scores });
  if (!set.ok) throw new Error(set.failure.kind);
  return set.value;
}

describe('ranking metrics', () => {
  const set = setOf([1, 0, 1, 0, 1], [4, 4, 2, -1, -1]);

  it('joins equal scores into one point', () => {
    expect(rocPoints(set)).toEqual([
      { threshold: Number.POSITIVE_INFINITY, falsePositiveRate: 0, truePositiveRate: 0 },
      { threshold: 4, falsePositiveRate: 1 / 2, truePositiveRate: 1 / 3 },
      { threshold: 2, falsePositiveRate: 1 / 2, truePositiveRate: 2 / 3 },
      { threshold: -1, falsePositiveRate: 1, truePositiveRate: 1 },
    ]);
    expect(precisionRecallPoints(set)).toEqual([
      { threshold: 4, precision: 1 / 2, recall: 1 / 3 },
      { threshold: 2, precision: 2 / 3, recall: 2 / 3 },
      { threshold: -1, precision: 3 / 5, recall: 1 },
    ]);
  });

  it('counts pairs for the area, ties as half', () => {
    // Six pairs of a fake and a real: 0.5 + 1, 0 + 1, 0 + 0.5.
    expect(rocAuc(set)).toBeCloseTo(3 / 6, 15);
    expect(averagePrecision(set)).toBeCloseTo((1 / 2 + 2 / 3 + 3 / 5) / 3, 15);
  });

  it('does not change under a strictly rising map of the scores', () => {
    const logits = [3, -2, 0.5, 0.4, -9, 8, 0.5];
    const labels = [1, 0, 1, 0, 0, 1, 0];
    const mapped = setOf(
      labels,
      logits.map((logit) => 1 / (1 + Math.exp(-logit))),
    );
    expect(rocAuc(setOf(labels, logits))).toBe(rocAuc(mapped));
    expect(averagePrecision(setOf(labels, logits))).toBe(averagePrecision(mapped));
  });

  it('is undefined where a class is missing', () => {
    for (const label of [0, 1]) {
      expect(rocAuc(setOf([label], [1]))).toBeNull();
      expect(rocPoints(setOf([label], [1]))).toBeNull();
    }
    expect(averagePrecision(setOf([0], [1]))).toBeNull();
    expect(precisionRecallPoints(setOf([0], [1]))).toBeNull();
  });
});
