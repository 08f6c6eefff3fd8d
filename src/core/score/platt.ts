/** Platt's calibration: the line through which a raw score becomes a probability. */

export interface PlattSample {
  /** Raw score: a mean patch logit. */
  score: number;
  generated: boolean;
  /** Share of its class that it stands for, relative to the others of its class; default 1. */
  weight?: number;
}

/** P(generated) = 1 / (1 + exp(-(a * score + b))). */
export interface Platt {
  a: number;
  b: number;
}

/** Keeps the fit finite on scores that separate the classes; far below what hundreds of samples say. */
const RIDGE = 1e-6;
const MAX_STEPS = 50;

/** Samples as arrays, for many fits of the same ones with other weights. */
export interface PlattColumns {
  scores: Float64Array;
  /** 1 for generated, else 0. */
  labels: Uint8Array;
  /** 0 leaves a sample out. */
  weights: Float64Array;
}

/**
 * Maximum-likelihood (a, b) with both classes weighing equally however many samples each has; Newton's method.
 * Null when a class is missing or the fit does not settle. Platt (1999), without his smoothed targets.
 */
export const fitPlatt = (samples: readonly PlattSample[]): Platt | null =>
  fitPlattColumns({
    scores: Float64Array.from(samples, ({ score }) => score),
    labels: Uint8Array.from(samples, ({ generated }) => Number(generated)),
    weights: Float64Array.from(samples, ({ weight }) => weight ?? 1),
  });

/** As `fitPlatt`. */
export function fitPlattColumns({ scores, labels, weights }: PlattColumns): Platt | null {
  let [generated, real] = [0, 0];
  for (let index = 0; index < scores.length; index++) {
    if (labels[index] === 1) generated += weights[index] ?? 0;
    else real += weights[index] ?? 0;
  }
  if (generated === 0 || real === 0) return null;
  let a = 1;
  let b = 0;
  for (let step = 0; step < MAX_STEPS; step++) {
    let [gradientA, gradientB] = [RIDGE * a, RIDGE * b];
    let [aa, ab, bb] = [RIDGE, 0, RIDGE];
    for (let index = 0; index < scores.length; index++) {
      const label = labels[index] ?? 0;
      const score = scores[index] ?? 0;
      const part = (0.5 * (weights[index] ?? 0)) / (label === 1 ? generated : real);
      const p = 1 / (1 + Math.exp(-(a * score + b)));
      const error = part * (p - label);
      const curvature = part * p * (1 - p);
      gradientA += error * score;
      gradientB += error;
      aa += curvature * score * score;
      ab += curvature * score;
      bb += curvature;
    }
    const determinant = aa * bb - ab * ab;
    const stepA = (bb * gradientA - ab * gradientB) / determinant;
    const stepB = (aa * gradientB - ab * gradientA) / determinant;
    a -= stepA;
    b -= stepB;
    if (!Number.isFinite(a) || !Number.isFinite(b)) return null;
    if (Math.abs(stepA) + Math.abs(stepB) < 1e-10) return { a, b };
  }
  return null;
}
