import type { ProbabilitySet } from './score-set.ts';

/** Bins of the expected calibration error everywhere in Telltale. */
export const CALIBRATION_BINS = 15;

/** One bar of a reliability diagram: probabilities in `(lower, upper]`, 0 in the first bin. */
export interface CalibrationBin {
  lower: number;
  upper: number;
  count: number;
  /** Mean of the probabilities, or confidences, in the bin; 0 when empty. */
  meanPredicted: number;
  /** Share of fakes, or of right decisions, in the bin; 0 when empty. */
  meanObserved: number;
}

/** Mean squared difference of probability and label, 0..1. */
export function brierScore(set: ProbabilitySet): number {
  return (
    set.scores.reduce((sum, p, index) => sum + (p - (set.labels[index] ?? 0)) ** 2, 0) / set.scores.length
  );
}

/** Mean negative log-likelihood in nats, probabilities clipped to 1e-15 .. 1 - 1e-15 as in scikit-learn 1.2. */
export function logLoss(set: ProbabilitySet): number {
  const sum = set.scores.reduce((total, score, index) => {
    const p = Math.min(Math.max(score, 1e-15), 1 - 1e-15);
    return total - Math.log(set.labels[index] === 1 ? p : 1 - p);
  }, 0);
  return sum / set.scores.length;
}

/** Equal-width, right-closed bins of P(fake) against the share of fakes. */
export function calibrationBins(set: ProbabilitySet, binCount = CALIBRATION_BINS): CalibrationBin[] {
  return binned(set.scores, set.labels, binCount);
}

/** The same bins of the decision's confidence max(p, 1 - p) against its being right; p > 0.5 decides "fake". */
export function confidenceBins(set: ProbabilitySet, binCount = CALIBRATION_BINS): CalibrationBin[] {
  return binned(
    set.scores.map((p) => Math.max(p, 1 - p)),
    set.labels.map((label, index) => Number(Number((set.scores[index] ?? 0) > 0.5) === label)),
    binCount,
  );
}

/**
 * Expected calibration error, 0..1: the sum over bins of share times |mean predicted - mean observed|. Biased upward
 * for few samples, so quote their number with it.
 */
export function expectedCalibrationError(bins: readonly CalibrationBin[]): number {
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  if (total === 0) return 0;
  const sum = bins.reduce(
    (part, bin) => part + bin.count * Math.abs(bin.meanPredicted - bin.meanObserved),
    0,
  );
  return sum / total;
}

/**
 * The same error, 0..1, with reals and fakes weighing alike, as where half of all pictures are generated; null when a class
 * is missing. Says of a calibration what a folder of few fakes, or of few reals, does not.
 */
export function balancedCalibrationError(set: ProbabilitySet, binCount = CALIBRATION_BINS): number | null {
  if (set.positives === 0 || set.negatives === 0) return null;
  const gaps = new Float64Array(binCount);
  set.scores.forEach((p, index) => {
    const label = set.labels[index] ?? 0;
    const bin = binOf(p, binCount);
    gaps[bin] = (gaps[bin] ?? 0) + (p - label) / (label === 1 ? set.positives : set.negatives);
  });
  return gaps.reduce((sum, gap) => sum + Math.abs(gap) / 2, 0);
}

function binned(predicted: Float64Array, observed: Uint8Array, binCount: number): CalibrationBin[] {
  if (!Number.isSafeInteger(binCount) || binCount < 1) throw new RangeError(`no bin count: ${binCount}`);
  const bins = Array.from({ length: binCount }, (_, bin) => ({
    lower: bin / binCount,
    upper: (bin + 1) / binCount,
    count: 0,
    meanPredicted: 0,
    meanObserved: 0,
  }));
  predicted.forEach((p, index) => {
    const bin = bins[binOf(p, binCount)];
    if (bin === undefined) return;
    bin.count++;
    bin.meanPredicted += p;
    bin.meanObserved += observed[index] ?? 0;
  });
  return bins.map((bin) => ({
    ...bin,
    meanPredicted: bin.count === 0 ? 0 : bin.meanPredicted / bin.count,
    meanObserved: bin.count === 0 ? 0 : bin.meanObserved / bin.count,
  }));
}

/**
 * Right-closed. The product can round across an edge: 7 / 25 times 25 is above 7, the double after 11 / 15 times
 * 15 is 11; so the neighbouring edges decide.
 */
function binOf(p: number, binCount: number): number {
  const bin = Math.min(binCount - 1, Math.max(0, Math.ceil(p * binCount) - 1));
  if (bin > 0 && p <= bin / binCount) return bin - 1;
  return bin < binCount - 1 && p > (bin + 1) / binCount ? bin + 1 : bin;
}
