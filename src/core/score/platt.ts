/** Platt's calibration: the line through which a raw score becomes a probability. */

export interface PlattSample {
  /** Raw score: a mean patch logit. */
  score: number;
  generated: boolean;
}

/** P(generated) = 1 / (1 + exp(-(a * score + b))). */
export interface Platt {
  a: number;
  b: number;
}

/** Keeps the fit finite on scores that separate the classes; far below what hundreds of samples say. */
const RIDGE = 1e-6;
const MAX_STEPS = 50;

/**
 * Maximum-likelihood (a, b) with both classes weighing equally however many samples each has; Newton's method.
 * Null when a class is missing or the fit does not settle. Platt (1999), without his smoothed targets.
 */
export function fitPlatt(samples: readonly PlattSample[]): Platt | null {
  const generated = samples.filter((sample) => sample.generated).length;
  const real = samples.length - generated;
  if (generated === 0 || real === 0) return null;
  let a = 1;
  let b = 0;
  for (let step = 0; step < MAX_STEPS; step++) {
    let [gradientA, gradientB] = [RIDGE * a, RIDGE * b];
    let [aa, ab, bb] = [RIDGE, 0, RIDGE];
    for (const sample of samples) {
      const weight = 0.5 / (sample.generated ? generated : real);
      const p = 1 / (1 + Math.exp(-(a * sample.score + b)));
      const error = weight * (p - (sample.generated ? 1 : 0));
      const curvature = weight * p * (1 - p);
      gradientA += error * sample.score;
      gradientB += error;
      aa += curvature * sample.score ** 2;
      ab += curvature * sample.score;
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
