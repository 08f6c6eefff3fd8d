import {
  brierScore,
  calibrationBins,
  confidenceBins,
  expectedCalibrationError,
  logLoss,
} from './calibration-error.ts';
import { clopperPearson, type Interval } from './clopper-pearson.ts';
import { accuracy, balancedAccuracy, type Confusion, confusionAt } from './confusion.ts';
import { type OperatingPoint, operatingPoint } from './operating-point.ts';
import { averagePrecision, rocAuc } from './ranking.ts';
import type { ProbabilitySet } from './score-set.ts';

/** Rates of false alarms at which papers and Telltale quote the rate of finds. */
export const FALSE_POSITIVE_LIMITS = [0.01, 0.05, 0.1] as const;

/**
 * Everything Telltale reports about one set of labelled probabilities; null where a missing class leaves it
 * undefined.
 */
export interface MetricsSummary {
  positives: number;
  negatives: number;
  averagePrecision: number | null;
  rocAuc: number | null;
  /** The fixed threshold behind the next six fields, rule "probability > threshold". */
  threshold: number;
  confusion: Confusion;
  accuracy: number | null;
  accuracyInterval: Interval | null;
  balancedAccuracy: number | null;
  truePositiveInterval: Interval | null;
  falsePositiveInterval: Interval | null;
  operatingPoints: { maxFalsePositiveRate: number; point: OperatingPoint | null }[];
  brier: number;
  logLoss: number;
  expectedCalibrationError: number;
  confidenceCalibrationError: number;
}

/** All metrics of a set at a fixed threshold (default 0.5), with 95 % Clopper-Pearson intervals of the rates. */
export function summarizeMetrics(set: ProbabilitySet, threshold = 0.5): MetricsSummary {
  const confusion = confusionAt(set, threshold);
  const { truePositives, falsePositives, trueNegatives } = confusion;
  return {
    positives: set.positives,
    negatives: set.negatives,
    averagePrecision: averagePrecision(set),
    rocAuc: rocAuc(set),
    threshold,
    confusion,
    accuracy: accuracy(confusion),
    accuracyInterval: clopperPearson(truePositives + trueNegatives, set.scores.length),
    balancedAccuracy: balancedAccuracy(confusion),
    truePositiveInterval: clopperPearson(truePositives, set.positives),
    falsePositiveInterval: clopperPearson(falsePositives, set.negatives),
    operatingPoints: FALSE_POSITIVE_LIMITS.map((maxFalsePositiveRate) => ({
      maxFalsePositiveRate,
      point: operatingPoint(set, maxFalsePositiveRate),
    })),
    brier: brierScore(set),
    logLoss: logLoss(set),
    expectedCalibrationError: expectedCalibrationError(calibrationBins(set)),
    confidenceCalibrationError: expectedCalibrationError(confidenceBins(set)),
  };
}
