import { describe, expect, it } from 'vitest';
import fixture from '../../../test/fixtures/metrics/binary-metrics.json' with { type: 'json' };
import { interpolatedTruePositiveRate, operatingPoint } from './operating-point.ts';
import { averagePrecision } from './ranking.ts';
import { readProbabilities, withRealAsPositive } from './score-set.ts';
import { summarizeMetrics } from './summary.ts';

const TOLERANCE = 1e-9;

/** Same shape, same nulls, every number within the tolerance. */
function expectClose(actual: unknown, expected: unknown, path: string): void {
  if (typeof expected === 'number') {
    expect(actual, path).toBeTypeOf('number');
    expect(Math.abs(Number(actual) - expected), path).toBeLessThanOrEqual(TOLERANCE);
  } else if (expected === null) {
    expect(actual, path).toBeNull();
  } else {
    const parts = Object.entries(Object(expected));
    expect(Object.keys(Object(actual)).sort(), path).toEqual(parts.map(([key]) => key).sort());
    for (const [key, value] of parts) expectClose(Object(actual)[key], value, `${path}.${key}`);
  }
}

function measure(labels: number[], scores: number[]): unknown {
  const set = readProbabilities({ labels, scores });
  if (!set.ok) throw new Error(set.failure.kind);
  const summary = summarizeMetrics(set.value);
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = summary.confusion;
  const rate = (interval: typeof summary.accuracyInterval, successes: number, trials: number) =>
    interval && { successes, trials, ...interval };
  const atLimit = (limit: number) => {
    const point = operatingPoint(set.value, limit);
    return {
      stepwise: point?.truePositiveRate ?? null,
      threshold: point?.threshold ?? null,
      interpolated: interpolatedTruePositiveRate(set.value, limit),
    };
  };
  return {
    averagePrecision: summary.averagePrecision,
    averagePrecisionNegativeClass: averagePrecision(withRealAsPositive(set.value)),
    rocAuc: summary.rocAuc,
    'accuracyAt0.5': summary.accuracy,
    'balancedAccuracyAt0.5': summary.balancedAccuracy,
    'confusionAt0.5': { tp: truePositives, fp: falsePositives, tn: trueNegatives, fn: falseNegatives },
    'tprAtFpr0.01': atLimit(0.01),
    'tprAtFpr0.05': atLimit(0.05),
    'tprAtFpr0.1': atLimit(0.1),
    brier: summary.brier,
    logLoss: summary.logLoss,
    ece15: summary.expectedCalibrationError,
    ece15Confidence: summary.confidenceCalibrationError,
    clopperPearson95: {
      accuracy: rate(summary.accuracyInterval, truePositives + trueNegatives, scores.length),
      tpr: rate(summary.truePositiveInterval, truePositives, summary.positives),
      fpr: rate(summary.falsePositiveInterval, falsePositives, summary.negatives),
    },
  };
}

describe('summarizeMetrics against scikit-learn 1.2.1 and SciPy 1.10.1', () => {
  it.each(fixture.sets)('agrees on $name', ({ name, labels, scores, expected }) => {
    expectClose(measure(labels, scores), expected, name);
  });

  it.each(fixture.sets)('does not depend on the order of $name', ({ name, labels, scores, expected }) => {
    expectClose(measure(labels.toReversed(), scores.toReversed()), expected, name);
  });
});

describe('summarizeMetrics', () => {
  it('quotes the operating points with the intervals of their counts', () => {
    const labels = [...Array<number>(20).fill(1), ...Array<number>(20).fill(0)];
    const scores = labels.map((label, index) => (label === 1 ? 0.5 + index / 100 : index / 100));
    const set = readProbabilities({ labels, scores });
    const points = set.ok ? summarizeMetrics(set.value).operatingPoints : [];
    expect(points.map(({ maxFalsePositiveRate }) => maxFalsePositiveRate)).toEqual([0.01, 0.05, 0.1]);
    expect(points[0]?.point).toEqual({
      threshold: 0.5,
      truePositiveRate: 1,
      truePositiveInterval: { lower: expect.closeTo(0.025 ** (1 / 20), 12), upper: 1 },
      falsePositiveRate: 0,
      falsePositiveInterval: { lower: 0, upper: expect.closeTo(1 - 0.025 ** (1 / 20), 12) },
    });
  });
});
