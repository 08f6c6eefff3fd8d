/** Figures about all scored pictures together, with intervals over sources. */
import { bootstrapIntervals } from '../metrics/bootstrap.ts';
import {
  balancedCalibrationError,
  brierScore,
  calibrationBins,
  expectedCalibrationError,
} from '../metrics/calibration-error.ts';
import { meanCategoryAuc } from '../metrics/category-auc.ts';
import {
  accuracy,
  balancedAccuracy,
  confusionAt,
  falsePositiveRate,
  truePositiveRate,
} from '../metrics/confusion.ts';
import { truePositiveRateWithin } from '../metrics/operating-point.ts';
import { averagePrecision, rocAuc } from '../metrics/ranking.ts';
import type { ProbabilitySet } from '../metrics/score-set.ts';
import type { Level } from '../verdict.ts';
import { flaggedShare, flagsOf, OVER_STRONG, worstShare } from './level-figures.ts';
import type { Sample } from './sample.ts';

/** Always the same resamples: figures of one sample repeat. */
export const RESAMPLING = { seed: 20_260_101, resamples: 1000 };

type Statistic = (set: ProbabilitySet) => number | null;
type WorstFigure = 'worstOverStrongFalsePositiveRate' | 'worstStrongFalsePositiveRate';
type Statistics = Record<Exclude<Figure, WorstFigure>, Statistic>;

/**
 * Figures that have an interval; null where a missing class, or a model without levels, leaves one undefined. Of the means
 * of ROC AUCs, `meanGeneratorAuc` is over generators, whatever source their pictures come from, and `meanSourceAuc` over
 * sources of generated pictures, whatever made them (as the trainer reports it while it runs); each AUC is against all real
 * pictures, and names with fewer than `LEAST_IN_MEAN` pictures are left out.
 */
export const FIGURES = [
  'averagePrecision',
  'rocAuc',
  'meanGeneratorAuc',
  'meanSourceAuc',
  'accuracy',
  'balancedAccuracy',
  'recall',
  'falsePositiveRate',
  'tprAt1Fpr',
  'tprAt5Fpr',
  'tprAt10Fpr',
  'ece',
  'balancedEce',
  'brier',
  'overStrongFalsePositiveRate',
  'worstOverStrongFalsePositiveRate',
  'overStrongRecall',
  'strongFalsePositiveRate',
  'worstStrongFalsePositiveRate',
  'strongRecall',
  'unsure',
  'medianRealScore',
] as const;
export type Figure = (typeof FIGURES)[number];
export type Figures = Record<Figure, number | null>;

export interface Overall extends Figures {
  /** Scored pictures. */
  n: number;
  real: number;
  fake: number;
  threshold: number;
  /** How many names have enough pictures to count in `meanGeneratorAuc` and `meanSourceAuc`. */
  inMean: { generators: number; sources: number };
  /**
   * 95 %, percentile bootstrap over sources; those of a worst source Clopper-Pearson's. Null where fewer than two sources
   * or an undefined figure leave none.
   */
  intervals: Record<Figure, [number, number] | null>;
}

/** The figures of `sample` (null: nothing was scored) at the fixed `threshold`, rule "P(fake) > threshold". */
export function measureOverall(sample: Sample | null, threshold: number): Overall {
  const measured = sample === null ? null : measuredOf(sample, threshold);
  return {
    n: sample?.items.length ?? 0,
    real: sample?.set.negatives ?? 0,
    fake: sample?.set.positives ?? 0,
    ...recordOf((name) => measured?.[name].value ?? null),
    threshold,
    inMean: {
      generators: sample?.generators.inMean.filter(Boolean).length ?? 0,
      sources: sample?.fakeSources.inMean.filter(Boolean).length ?? 0,
    },
    intervals: recordOf((name) => measured?.[name].interval ?? null),
  };
}

interface Measured {
  value: number | null;
  interval: [number, number] | null;
}

function measuredOf(sample: Sample, threshold: number): Record<Figure, Measured> {
  const statistics = statisticsOf(sample, threshold);
  const found = bootstrapIntervals(sample.set, statistics, RESAMPLING);
  return recordOf((name) => {
    if (name === 'worstOverStrongFalsePositiveRate') return worstOf(sample, OVER_STRONG);
    if (name === 'worstStrongFalsePositiveRate') return worstOf(sample, ['strong']);
    const interval = found[name];
    return {
      value: statistics[name](sample.set),
      interval: interval.ok ? [interval.value.lower, interval.value.upper] : null,
    };
  });
}

function worstOf(sample: Sample, levels: readonly Level[]): Measured {
  const worst = hasLevels(sample) ? worstShare(sample, flagsOf(sample, levels)) : null;
  return { value: worst?.share ?? null, interval: worst?.interval ?? null };
}

const hasLevels = ({ items }: Sample): boolean => items.some(({ level }) => level !== null);

const recordOf = <Value>(value: (name: Figure) => Value): Record<Figure, Value> =>
  Object.fromEntries(FIGURES.map((name) => [name, value(name)])) as Record<Figure, Value>;

function statisticsOf(sample: Sample, threshold: number): Statistics {
  const { generators, fakeSources } = sample;
  const leveled = hasLevels(sample);
  const over = flagsOf(sample, OVER_STRONG);
  const strong = flagsOf(sample, ['strong']);
  const unsure = flagsOf(sample, ['unsure']);
  const atThreshold =
    (rate: (confusion: ReturnType<typeof confusionAt>) => number | null): Statistic =>
    (set) =>
      rate(confusionAt(set, threshold));
  const withLevels = (statistic: Statistic): Statistic => (leveled ? statistic : () => null);
  return {
    averagePrecision,
    rocAuc,
    meanGeneratorAuc: (set) => meanCategoryAuc(set, generators.of, generators.inMean),
    meanSourceAuc: (set) => meanCategoryAuc(set, fakeSources.of, fakeSources.inMean),
    accuracy: atThreshold(accuracy),
    balancedAccuracy: bothClasses(atThreshold(balancedAccuracy)),
    recall: atThreshold(truePositiveRate),
    falsePositiveRate: atThreshold(falsePositiveRate),
    tprAt1Fpr: (set) => truePositiveRateWithin(set, 0.01),
    tprAt5Fpr: (set) => truePositiveRateWithin(set, 0.05),
    tprAt10Fpr: (set) => truePositiveRateWithin(set, 0.1),
    ece: (set) => expectedCalibrationError(calibrationBins(set)),
    balancedEce: (set) => balancedCalibrationError(set),
    brier: brierScore,
    overStrongFalsePositiveRate: withLevels((set) => flaggedShare(over, set, 0)),
    overStrongRecall: withLevels((set) => flaggedShare(over, set, 1)),
    strongFalsePositiveRate: withLevels((set) => flaggedShare(strong, set, 0)),
    strongRecall: withLevels((set) => flaggedShare(strong, set, 1)),
    unsure: withLevels((set) => flaggedShare(unsure, set, null)),
    medianRealScore,
  };
}

/** A balance of one class is none: undefined, although scikit-learn returns the one recall. */
const bothClasses =
  (statistic: Statistic): Statistic =>
  (set) =>
    set.positives === 0 || set.negatives === 0 ? null : statistic(set);

/** Its change under a degradation is the drift that people see. */
function medianRealScore(set: ProbabilitySet): number | null {
  const [middle, before] = [set.negatives >> 1, (set.negatives - 1) >> 1];
  let reals = 0;
  let sum = 0;
  for (let place = 0; place < set.scores.length && reals <= middle; place++) {
    if (set.labels[place] === 1) continue;
    if (reals === before || reals === middle) sum += set.scores[place] ?? 0;
    reals++;
  }
  if (set.negatives === 0) return null;
  return middle === before ? sum : sum / 2;
}
