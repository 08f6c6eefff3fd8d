/** Which curve turns mean logits into probabilities: Platt's line, or isotonic knots where they are clearly better. */
import { foldsBySource } from '../inspect/source-folds.ts';
import { calibratedLogit } from '../score/calibrated-logit.ts';
import { fitPlatt } from '../score/platt.ts';
import { probabilityOf } from '../score/pool.ts';
import { fitIsotonic } from './isotonic.ts';
import { type CalibrationSample, type WeightedSample, weighted } from './sample.ts';

/** A fit as a card holds it. */
export interface Curve {
  a: number;
  b: number;
  isotonic?: [number, number][];
}

export const METHODS = ['platt', 'isotonic', 'auto'] as const;
export type Method = (typeof METHODS)[number];

/** Pictures from which isotonic fits are trusted (literature: fewer follow the noise). */
export const ISOTONIC_PICTURES = 1000;
/** Nats of cross-validated log-loss that isotonic must gain to be worth its extra numbers. */
const WORTHWHILE_GAIN = 0.005;
const MOST_FOLDS = 5;

/** The curve of one method, or null when a class is missing, the fit does not settle or the scores rank backwards. */
export function fitCurve(samples: readonly WeightedSample[], method: 'platt' | 'isotonic'): Curve | null {
  const line = fitPlatt(samples);
  if (line === null || line.a <= 0) return null;
  if (method === 'platt') return line;
  const isotonic = fitIsotonic(samples);
  return isotonic.length < 2 ? null : { ...line, isotonic };
}

export interface CrossValidated {
  /** P(generated) of every sample by a curve fitted without its source. */
  probabilities: Float64Array;
  /** Mean negative log-likelihood in nats, classes weighing equally and sources within them. */
  logLoss: number;
}

/** Predictions for sources left out of the fit; null with fewer than two sources a class, or when a fold has no fit. */
export function crossValidate(
  samples: readonly CalibrationSample[],
  method: 'platt' | 'isotonic',
): CrossValidated | null {
  const sources = (label: string) =>
    new Set(samples.filter((sample) => sample.label === label).map(({ source }) => source)).size;
  const folds = Math.min(MOST_FOLDS, sources('real'), sources('fake'));
  const foldOf = folds < 2 ? null : foldsBySource(samples, folds);
  if (foldOf === null) return null;
  const probabilities = new Float64Array(samples.length);
  for (let fold = 0; fold < folds; fold++) {
    const curve = fitCurve(weighted(samples.filter((_, index) => foldOf[index] !== fold)), method);
    if (curve === null) return null;
    for (const [index, { score }] of samples.entries()) {
      if (foldOf[index] === fold) probabilities[index] = probabilityOf(calibratedLogit(score, curve));
    }
  }
  return { probabilities, logLoss: logLossOf(samples, probabilities) };
}

function logLossOf(samples: readonly CalibrationSample[], probabilities: Float64Array): number {
  const sums = { real: 0, fake: 0 };
  const weights = { real: 0, fake: 0 };
  const weightOf = sourceWeights(samples);
  for (const [index, { label }] of samples.entries()) {
    const p = Math.min(1 - 1e-12, Math.max(1e-12, probabilities[index] ?? 0.5));
    const weight = weightOf[index] ?? 0;
    sums[label] -= weight * Math.log(label === 'fake' ? p : 1 - p);
    weights[label] += weight;
  }
  return (sums.real / weights.real + sums.fake / weights.fake) / 2;
}

/** One over the number of samples of each sample's source, in the samples' order. */
export function sourceWeights(samples: readonly CalibrationSample[]): Float64Array {
  const counts = new Map<string, number>();
  const nameOf = ({ label, source }: CalibrationSample): string => `${label}/${source}`;
  for (const sample of samples) counts.set(nameOf(sample), (counts.get(nameOf(sample)) ?? 0) + 1);
  return Float64Array.from(samples, (sample) => 1 / (counts.get(nameOf(sample)) ?? 1));
}

export type MethodFailure = 'too-few-pictures-for-isotonic' | 'no-fit';

/**
 * What `method` comes to on these samples: `auto` is isotonic only with more than 1,000 pictures and where its
 * cross-validated log-loss is clearly lower. The failure says why a method that was asked for cannot be had.
 */
export function chosenMethod(
  samples: readonly CalibrationSample[],
  method: Method,
): 'platt' | 'isotonic' | MethodFailure {
  const enough = new Set(samples.map(({ path }) => path)).size > ISOTONIC_PICTURES;
  if (method === 'isotonic') return enough ? 'isotonic' : 'too-few-pictures-for-isotonic';
  if (method === 'platt' || !enough) return 'platt';
  const [line, steps] = [crossValidate(samples, 'platt'), crossValidate(samples, 'isotonic')];
  if (line === null || steps === null) return 'platt';
  return steps.logLoss < line.logLoss - WORTHWHILE_GAIN ? 'isotonic' : 'platt';
}
