/** Figures about all scored pictures together, with intervals over sources. */
import { bootstrapIntervals } from '../metrics/bootstrap.ts';
import { brierScore, calibrationBins, expectedCalibrationError } from '../metrics/calibration-error.ts';
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
import type { Sample } from './sample.ts';

/** Always the same resamples: figures of one sample repeat. */
const SEED = 20_260_101;
const RESAMPLES = 1000;

type Statistic = (set: ProbabilitySet) => number | null;

/** Figures that have an interval; null where a missing class, or a model without levels, leaves one undefined. */
export const FIGURES = [
  'averagePrecision',
  'rocAuc',
  'meanGeneratorAuc',
  'accuracy',
  'balancedAccuracy',
  'recall',
  'falsePositiveRate',
  'tprAt1Fpr',
  'tprAt5Fpr',
  'tprAt10Fpr',
  'ece',
  'brier',
  'strongFalsePositiveRate',
  'worstStrongFalsePositiveRate',
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
  /** 95 %, percentile bootstrap over sources; null where fewer than two sources or an undefined figure leave none. */
  intervals: Record<Figure, [number, number] | null>;
}

/** The figures of `sample` (null: nothing was scored) at the fixed `threshold`, rule "P(fake) > threshold". */
export function measureOverall(sample: Sample | null, threshold: number): Overall {
  const statistics = sample === null ? null : statisticsOf(sample, threshold);
  const figure = (name: Figure): number | null =>
    sample === null || statistics === null ? null : statistics[name](sample.set);
  return {
    n: sample?.items.length ?? 0,
    real: sample?.set.negatives ?? 0,
    fake: sample?.set.positives ?? 0,
    ...recordOf(figure),
    threshold,
    intervals: intervalsOf(sample, statistics),
  };
}

function intervalsOf(
  sample: Sample | null,
  statistics: Record<Figure, Statistic> | null,
): Overall['intervals'] {
  if (sample === null || statistics === null) return recordOf(() => null);
  const found = bootstrapIntervals(sample.set, statistics, { seed: SEED, resamples: RESAMPLES });
  return recordOf((name) => {
    const interval = found[name];
    return interval.ok ? [interval.value.lower, interval.value.upper] : null;
  });
}

const recordOf = <Value>(value: (name: Figure) => Value): Record<Figure, Value> =>
  Object.fromEntries(FIGURES.map((name) => [name, value(name)])) as Record<Figure, Value>;

function statisticsOf(sample: Sample, threshold: number): Record<Figure, Statistic> {
  const { items, generatorOf, generators } = sample;
  const hasLevels = items.some((item) => item.level !== null);
  const atThreshold =
    (rate: (confusion: ReturnType<typeof confusionAt>) => number | null): Statistic =>
    (set) =>
      rate(confusionAt(set, threshold));
  const withLevels = (statistic: Statistic): Statistic => (hasLevels ? statistic : () => null);
  return {
    averagePrecision,
    rocAuc,
    meanGeneratorAuc: (set) => meanCategoryAuc(set, generatorOf, generators.length),
    accuracy: atThreshold(accuracy),
    balancedAccuracy: bothClasses(atThreshold(balancedAccuracy)),
    recall: atThreshold(truePositiveRate),
    falsePositiveRate: atThreshold(falsePositiveRate),
    tprAt1Fpr: (set) => truePositiveRateWithin(set, 0.01),
    tprAt5Fpr: (set) => truePositiveRateWithin(set, 0.05),
    tprAt10Fpr: (set) => truePositiveRateWithin(set, 0.1),
    ece: (set) => expectedCalibrationError(calibrationBins(set)),
    brier: brierScore,
    strongFalsePositiveRate: withLevels((set) => shareAt(sample, set, 'strong', { realOnly: true })),
    worstStrongFalsePositiveRate: withLevels((set) => worstStrongShare(sample, set)),
    unsure: withLevels((set) => shareAt(sample, set, 'unsure', { realOnly: false })),
    medianRealScore,
  };
}

/** A balance of one class is none: undefined, although scikit-learn returns the one recall. */
const bothClasses =
  (statistic: Statistic): Statistic =>
  (set) =>
    set.positives === 0 || set.negatives === 0 ? null : statistic(set);

function shareAt(
  { items }: Sample,
  set: ProbabilitySet,
  level: Level,
  { realOnly }: { realOnly: boolean },
): number | null {
  const counted = realOnly ? set.negatives : set.scores.length;
  let found = 0;
  set.indices.forEach((index, place) => {
    if (items[index]?.level === level && !(realOnly && set.labels[place] === 1)) found++;
  });
  return counted === 0 ? null : found / counted;
}

/** The highest share of "strong" pictures among the real ones of one source. */
function worstStrongShare({ items, realSources, realSourceOf }: Sample, set: ProbabilitySet): number | null {
  const strong = new Uint32Array(realSources.length);
  const all = new Uint32Array(realSources.length);
  set.indices.forEach((index, place) => {
    if (set.labels[place] === 1) return;
    const source = realSourceOf[index] ?? 0;
    all[source] = (all[source] ?? 0) + 1;
    if (items[index]?.level === 'strong') strong[source] = (strong[source] ?? 0) + 1;
  });
  return all.reduce<number | null>(
    (worst, number, source) => (number === 0 ? worst : Math.max(worst ?? 0, (strong[source] ?? 0) / number)),
    null,
  );
}

/** Its change under a degradation is the drift that people see. */
function medianRealScore(set: ProbabilitySet): number | null {
  const reals = set.scores.filter((_, index) => set.labels[index] === 0);
  const middle = Math.floor(reals.length / 2);
  if (reals.length === 0) return null;
  return reals.length % 2 === 1
    ? (reals[middle] ?? null)
    : ((reals[middle - 1] ?? 0) + (reals[middle] ?? 0)) / 2;
}
