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
  const [strong, unsure] = [flagsOf(sample, 'strong'), flagsOf(sample, 'unsure')];
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
    strongFalsePositiveRate: withLevels((set) => shareOf(strong, set, true)),
    worstStrongFalsePositiveRate: withLevels((set) => worstShare(sample, strong, set)),
    unsure: withLevels((set) => shareOf(unsure, set, false)),
    medianRealScore,
  };
}

/** A balance of one class is none: undefined, although scikit-learn returns the one recall. */
const bothClasses =
  (statistic: Statistic): Statistic =>
  (set) =>
    set.positives === 0 || set.negatives === 0 ? null : statistic(set);

/** 1 beside the sample's items of that level, else 0: typed, because resamples ask thousands of times. */
const flagsOf = ({ items }: Sample, level: Level): Uint8Array =>
  Uint8Array.from(items, (item) => Number(item.level === level));

function shareOf(
  flags: Uint8Array,
  { indices, labels, negatives }: ProbabilitySet,
  realOnly: boolean,
): number | null {
  const counted = realOnly ? negatives : indices.length;
  let found = 0;
  for (let place = 0; place < indices.length; place++) {
    if (!(realOnly && labels[place] === 1)) found += flags[indices[place] ?? 0] ?? 0;
  }
  return counted === 0 ? null : found / counted;
}

/** The highest share of flagged pictures among the real ones of one source. */
function worstShare(
  { realSources, realSourceOf }: Sample,
  flags: Uint8Array,
  set: ProbabilitySet,
): number | null {
  const flagged = new Uint32Array(realSources.length);
  const all = new Uint32Array(realSources.length);
  for (let place = 0; place < set.indices.length; place++) {
    if (set.labels[place] === 1) continue;
    const index = set.indices[place] ?? 0;
    const source = realSourceOf[index] ?? 0;
    all[source] = (all[source] ?? 0) + 1;
    flagged[source] = (flagged[source] ?? 0) + (flags[index] ?? 0);
  }
  return all.reduce<number | null>(
    (worst, number, source) => (number === 0 ? worst : Math.max(worst ?? 0, (flagged[source] ?? 0) / number)),
    null,
  );
}

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
