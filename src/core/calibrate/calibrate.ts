/** From scored pictures of known label to the calibration that a card holds. */
import type { Calibration } from '../model/calibration.ts';
import { failure, type Result, success } from '../result.ts';
import { calibratedLogit } from '../score/calibrated-logit.ts';
import { probabilityOf } from '../score/pool.ts';
import { bootstrapCovariance } from './covariance.ts';
import { diagramBars, weightedCalibrationError } from './diagram.ts';
import {
  chosenMethod,
  crossValidate,
  fitCurve,
  type Method,
  type MethodFailure,
  sourceWeights,
} from './fit.ts';
import { type CalibrationSample, weighted } from './sample.ts';
import { calibrationRanges, leastPicturesFor, operatingPointOf } from './thresholds.ts';

export interface CalibrationOptions {
  method: Method;
  /** Share of real pictures that may reach the threshold, overall and in every source large enough to show it. */
  falsePositiveRate: number;
  /** Bootstrap rounds for the covariance. */
  rounds: number;
  /** What the pictures were, for `fittedOn`: at most 150 characters. */
  versions: string;
}

/** `too-few-sources`: a class has fewer than two, so nothing can be left out or resampled. */
export type CalibrationFailure = MethodFailure | 'too-few-sources';

/** P below which nothing is said to be found: odds below 1 to 2 where half of the pictures are generated. */
const UNSURE_FROM = 0.35;
/** P above which "generated" is the better guess of two, by what a calibrated probability is. */
const EVEN_ODDS = 0.5;

/**
 * The calibration of a model that gave `samples`: classes weigh equally and sources within them. The diagram rests on
 * predictions for sources that were left out of the fit, thresholds on the fit itself. Deterministic.
 */
export function calibrate(
  samples: readonly CalibrationSample[],
  options: CalibrationOptions,
): Result<Calibration, CalibrationFailure> {
  const method = chosenMethod(samples, options.method);
  if (method !== 'platt' && method !== 'isotonic') return failure(method);
  const curve = fitCurve(weighted(samples), method);
  if (curve === null) return failure('no-fit');
  const left = crossValidate(samples, method);
  const covariance = bootstrapCovariance(samples, options.rounds);
  if (left === null || covariance === null) return failure('too-few-sources');
  const fitted = Float64Array.from(samples, ({ score }) => probabilityOf(calibratedLogit(score, curve)));
  const point = operatingPointOf(samples, fitted, options.falsePositiveRate);
  if (point === null) return failure('too-few-sources');
  // A threshold of 0 would leave no room for "unsure".
  const strongAt = Math.max(0.01, point.overall.threshold, point.worstSource.threshold);
  const weights = sourceWeights(samples);
  const predictions = samples.map(({ label }, index) => ({
    probability: left.probabilities[index] ?? 0.5,
    fake: label === 'fake',
    weight: weights[index] ?? 0,
  }));
  const limits = { limit: options.falsePositiveRate, strongAt };
  return success(
    rounded({
      kind: 'platt',
      on: 'mean patch logit',
      ...curve,
      covariance,
      blockVariance: medianBlockVariance(samples),
      strongAt,
      unsureFrom: strongAt > UNSURE_FROM ? UNSURE_FROM : strongAt / 2,
      decideAt: Math.min(EVEN_ODDS, strongAt),
      operatingPoint: point,
      bins: calibrationRanges(samples, fitted, limits),
      diagram: diagramBars(predictions),
      calibrationError: weightedCalibrationError(predictions),
      fittedOn: fittedOn(samples, options.versions),
      note: noteOn(method, options),
    }),
  );
}

function medianBlockVariance(samples: readonly CalibrationSample[]): number {
  const known = samples.flatMap(({ blockVariance }) => blockVariance ?? []).sort((one, other) => one - other);
  return known[Math.floor((known.length - 1) / 2)] ?? 0;
}

function fittedOn(samples: readonly CalibrationSample[], versions: string): string {
  const count = (label: string, of: (sample: CalibrationSample) => string): number =>
    new Set(samples.filter((sample) => sample.label === label).map(of)).size;
  const part = (label: string, word: string): string =>
    `${count(label, ({ path }) => path)} ${word} pictures of ${count(label, ({ source }) => source)} sources`;
  return `${part('real', 'real')} and ${part('fake', 'generated')}, ${versions}; classes and sources weigh equally`;
}

const noteOn = (method: string, { rounds, falsePositiveRate }: CalibrationOptions): string =>
  `${method === 'platt' ? 'Platt' : 'Isotonic'} fit; covariance from ${rounds} bootstrap rounds over sources; strongAt keeps false alarms within ${falsePositiveRate * 100} % of this data's real pictures and of every real source of at least ${leastPicturesFor(falsePositiveRate)} of them.`;

/** Six significant digits say more than any of these numbers knows, but for shares so near 1 that they would reach it. */
function rounded<Value>(value: Value): Value {
  const text = JSON.stringify(value, (_key, inner) =>
    typeof inner === 'number' ? Number(inner.toPrecision(inner > 0.999 && inner < 1 ? 12 : 6)) : inner,
  );
  return JSON.parse(text);
}
