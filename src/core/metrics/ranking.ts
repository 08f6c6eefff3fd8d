import type { ScoreSet } from './score-set.ts';

/** What the rule "score >= threshold is fake" does at one distinct score. */
export interface ThresholdCounts {
  threshold: number;
  truePositives: number;
  falsePositives: number;
}

export interface RocPoint {
  /** `Infinity` for the first point, where nothing is flagged. */
  threshold: number;
  falsePositiveRate: number;
  truePositiveRate: number;
}

export interface PrecisionRecallPoint {
  threshold: number;
  precision: number;
  recall: number;
}

/** One entry for each distinct score, descending: equal scores are one threshold, as in scikit-learn. */
export function thresholdCounts(set: ScoreSet): ThresholdCounts[] {
  const counts: ThresholdCounts[] = [];
  let truePositives = 0;
  let falsePositives = 0;
  for (let index = 0; index < set.scores.length; index++) {
    const threshold = set.scores[index] ?? 0;
    if (set.labels[index] === 1) truePositives++;
    else falsePositives++;
    if (set.scores[index + 1] !== threshold) counts.push({ threshold, truePositives, falsePositives });
  }
  return counts;
}

/** The ROC polyline from (0, 0) to (1, 1), one point for each distinct score; null when a class is missing. */
export function rocPoints(set: ScoreSet): RocPoint[] | null {
  if (set.positives === 0 || set.negatives === 0) return null;
  const points = thresholdCounts(set).map(({ threshold, truePositives, falsePositives }) => ({
    threshold,
    falsePositiveRate: falsePositives / set.negatives,
    truePositiveRate: truePositives / set.positives,
  }));
  return [{ threshold: Number.POSITIVE_INFINITY, falsePositiveRate: 0, truePositiveRate: 0 }, ...points];
}

/** Precision and recall at each distinct score, recall ascending; null without positives. */
export function precisionRecallPoints(set: ScoreSet): PrecisionRecallPoint[] | null {
  if (set.positives === 0) return null;
  return thresholdCounts(set).map(({ threshold, truePositives, falsePositives }) => ({
    threshold,
    precision: truePositives / (truePositives + falsePositives),
    recall: truePositives / set.positives,
  }));
}

/**
 * Average precision, 0..1: the sum over distinct thresholds, descending, of recall gained times precision, without
 * interpolation; null without positives. It depends on the share of positives, so quote that with it.
 */
export function averagePrecision(set: ScoreSet): number | null {
  if (set.positives === 0) return null;
  let sum = 0;
  let truePositives = 0;
  let found = 0;
  for (let index = 0; index < set.scores.length; index++) {
    if (set.labels[index] === 1) truePositives++;
    if (set.scores[index + 1] === set.scores[index]) continue;
    sum += (truePositives - found) * (truePositives / (index + 1));
    found = truePositives;
  }
  return sum / set.positives;
}

/** P(score of a fake > score of a real) + P(equal) / 2, 0..1; null when a class is missing, never 0.5. */
export function rocAuc(set: ScoreSet): number | null {
  if (set.positives === 0 || set.negatives === 0) return null;
  let ordered = 0;
  let truePositives = 0;
  let before = 0;
  let reals = 0;
  // As `thresholdCounts`, without its entries: resamples come here thousands of times.
  for (let index = 0; index < set.scores.length; index++) {
    if (set.labels[index] === 1) truePositives++;
    else reals++;
    if (set.scores[index + 1] === set.scores[index]) continue;
    ordered += (reals * (truePositives + before)) / 2;
    before = truePositives;
    reals = 0;
  }
  return ordered / (set.positives * set.negatives);
}
