import { clopperPearson, type Interval } from './clopper-pearson.ts';
import { rocPoints, thresholdCounts } from './ranking.ts';
import type { ScoreSet } from './score-set.ts';

/** What is found at a permitted rate of false alarms, rule "score >= threshold is fake". */
export interface OperatingPoint {
  /**
   * Highest threshold that reaches `truePositiveRate`; null when no observed score keeps the false alarms within
   * the limit.
   */
  threshold: number | null;
  truePositiveRate: number;
  /** Clopper-Pearson interval of `truePositiveRate`, the threshold taken as given. */
  truePositiveInterval: Interval | null;
  /** The false-positive rate that this threshold really has, at most the limit. */
  falsePositiveRate: number;
  falsePositiveInterval: Interval | null;
}

/**
 * The largest true-positive rate over the observed thresholds whose false-positive rate is at most
 * `maxFalsePositiveRate` (0..1), with intervals; null when a class is missing. With n reals the smallest rate that
 * can be told from zero is 1 / n: use at least 300 reals for 1 %. Throws `RangeError` when the limit is no rate.
 */
export function operatingPoint(
  set: ScoreSet,
  maxFalsePositiveRate: number,
  confidence = 0.95,
): OperatingPoint | null {
  checkRate(maxFalsePositiveRate);
  if (set.positives === 0 || set.negatives === 0) return null;
  const within = thresholdCounts(set).filter(
    (counts) => counts.falsePositives / set.negatives <= maxFalsePositiveRate,
  );
  // Both counts grow as the threshold falls: the last one within the limit finds most, and the first of those that
  // find as many has the fewest false alarms.
  const found = within.at(-1)?.truePositives ?? 0;
  const best = within.find((counts) => counts.truePositives === found);
  const alarms = best?.falsePositives ?? 0;
  return {
    threshold: best?.threshold ?? null,
    truePositiveRate: found / set.positives,
    truePositiveInterval: clopperPearson(found, set.positives, confidence),
    falsePositiveRate: alarms / set.negatives,
    falsePositiveInterval: clopperPearson(alarms, set.negatives, confidence),
  };
}

/**
 * The `truePositiveRate` of `operatingPoint` alone, in one pass: for resamples. Null when a class is missing; throws
 * `RangeError` when the limit is no rate.
 */
export function truePositiveRateWithin(set: ScoreSet, maxFalsePositiveRate: number): number | null {
  checkRate(maxFalsePositiveRate);
  if (set.positives === 0 || set.negatives === 0) return null;
  let found = 0;
  let truePositives = 0;
  let falsePositives = 0;
  for (let index = 0; index < set.scores.length; index++) {
    if (set.labels[index] === 1) truePositives++;
    else falsePositives++;
    if (falsePositives / set.negatives > maxFalsePositiveRate) break;
    if (set.scores[index + 1] !== set.scores[index]) found = truePositives;
  }
  return found / set.positives;
}

/**
 * The true-positive rate on the ROC polyline at `falsePositiveRate` (0..1), linearly interpolated, the upper end of a
 * vertical step; null when a class is missing. For comparison with papers that interpolate; no threshold attains it.
 */
export function interpolatedTruePositiveRate(set: ScoreSet, falsePositiveRate: number): number | null {
  checkRate(falsePositiveRate);
  const points = rocPoints(set);
  if (points === null) return null;
  const after = points.findIndex((point) => point.falsePositiveRate > falsePositiveRate);
  const left = points[after - 1];
  const right = points[after];
  if (left === undefined || right === undefined) return 1;
  const share =
    (falsePositiveRate - left.falsePositiveRate) / (right.falsePositiveRate - left.falsePositiveRate);
  return left.truePositiveRate + share * (right.truePositiveRate - left.truePositiveRate);
}

function checkRate(rate: number): void {
  if (!(rate >= 0 && rate <= 1)) throw new RangeError(`no rate: ${rate}`);
}
