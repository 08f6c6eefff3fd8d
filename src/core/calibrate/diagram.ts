/** The bars of a calibration diagram. */
import { CALIBRATION_BINS } from '../metrics/calibration-error.ts';
import type { DiagramBar } from '../model/calibration.ts';

export interface WeightedPrediction {
  probability: number;
  fake: boolean;
  weight: number;
}

/**
 * Bars of equal width, right-closed, that hold predictions, with weighted means. Weights are scaled so that both classes
 * weigh the same: a calibrated probability speaks of as many real as generated pictures.
 */
export function diagramBars(predictions: readonly WeightedPrediction[]): DiagramBar[] {
  const totals = { real: 0, fake: 0 };
  for (const { fake, weight } of predictions) totals[fake ? 'fake' : 'real'] += weight;
  const bars = Array.from({ length: CALIBRATION_BINS }, () => ({
    count: 0,
    weight: 0,
    predicted: 0,
    fake: 0,
  }));
  for (const { probability, fake, weight } of predictions) {
    const bar = bars[Math.max(0, Math.ceil(probability * CALIBRATION_BINS) - 1)];
    if (bar === undefined) continue;
    const part = weight / (2 * totals[fake ? 'fake' : 'real']);
    bar.count += 1;
    bar.weight += part;
    bar.predicted += part * probability;
    bar.fake += fake ? part : 0;
  }
  return bars.flatMap(({ count, weight, predicted, fake }, index) => {
    if (count === 0) return [];
    const [lower, upper] = [index / CALIBRATION_BINS, (index + 1) / CALIBRATION_BINS];
    const [meanPredicted, meanObserved] = [predicted / weight, fake / weight].map((mean) =>
      Math.min(1, mean),
    );
    return [{ lower, upper, count, meanPredicted: meanPredicted ?? 0, meanObserved: meanObserved ?? 0 }];
  });
}

/** Expected calibration error of predictions in `diagramBars`' bars, 0..1, classes weighing equally. */
export function weightedCalibrationError(predictions: readonly WeightedPrediction[]): number {
  const totals = { real: 0, fake: 0 };
  for (const { fake, weight } of predictions) totals[fake ? 'fake' : 'real'] += weight;
  const differences = Array.from({ length: CALIBRATION_BINS }, () => 0);
  for (const { probability, fake, weight } of predictions) {
    const bin = Math.max(0, Math.ceil(probability * CALIBRATION_BINS) - 1);
    const part = weight / (2 * totals[fake ? 'fake' : 'real']);
    differences[bin] = (differences[bin] ?? 0) + part * (probability - Number(fake));
  }
  return differences.reduce((sum, difference) => sum + Math.abs(difference), 0);
}
