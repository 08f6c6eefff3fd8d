import { describe, expect, it } from 'vitest';
import fixture from '../../../test/fixtures/metrics/binary-metrics.json' with { type: 'json' };
import { categoryAucs, meanCategoryAuc } from './category-auc.ts';
import { operatingPoint, truePositiveRateWithin } from './operating-point.ts';
import { rocAuc } from './ranking.ts';
import { readScores, type ScoreSet } from './score-set.ts';

function setOf(labels: readonly number[], scores: readonly number[]): ScoreSet {
  const set = readScores({ labels, scores });
  if (!set.ok) throw new Error(set.failure.kind);
  return set.value;
}

describe('categoryAucs', () => {
  it.each(fixture.sets)('is the AUC of each category and all reals of $name', ({ labels, scores }) => {
    const categories = labels.map((_, index) => index % 3);
    const expected = [0, 1, 2].map((category) => {
      const kept = labels.map((label, index) => label === 0 || categories[index] === category);
      const only = <T>(values: readonly T[]) => values.filter((_, index) => kept[index]);
      return rocAuc(setOf(only(labels), only(scores)));
    });
    const found = categoryAucs(setOf(labels, scores), categories, 3);
    found.forEach((auc, category) => {
      const reference = expected[category] ?? null;
      if (
        reference === null ||
        !labels.some((label, index) => label === 1 && categories[index] === category)
      ) {
        expect(auc).toBeNull();
      } else expect(auc).toBeCloseTo(reference, 12);
    });
  });

  it('counts every category alike in the mean, but those left out, and is null without any', () => {
    const set = setOf([1, 1, 1, 0, 1, 0], [0.9, 0.8, 0.7, 0.5, 0.5, 0.1]);
    const categories = [0, 0, 0, 9, 1, 9];
    expect(categoryAucs(set, categories, 3)).toEqual([1, 0.75, null]);
    expect(meanCategoryAuc(set, categories, [true, true, true])).toBe(0.875);
    expect(meanCategoryAuc(set, categories, [false, true, true])).toBe(0.75);
    expect(meanCategoryAuc(set, categories, [false, false, true])).toBeNull();
    expect(meanCategoryAuc(setOf([1, 1], [0.1, 0.2]), [0, 0], [true])).toBeNull();
  });
});

describe('truePositiveRateWithin', () => {
  it.each(fixture.sets)('is the rate of the operating point of $name', ({ labels, scores }) => {
    const set = setOf(labels, scores);
    for (const limit of [0, 0.01, 0.05, 0.1, 0.5, 1]) {
      expect(truePositiveRateWithin(set, limit)).toBe(operatingPoint(set, limit)?.truePositiveRate ?? null);
    }
  });
});
