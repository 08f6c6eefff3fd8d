/** From a picture's mean patch logit to its log-odds of being generated, by whichever fit the card holds. */
import type { Calibration } from '../model/calibration.ts';

/** Log-odds of P(generated) for a mean patch logit: the card's line, or its isotonic knots where it has them. */
export function calibratedLogit(
  mean: number,
  { a, b, isotonic }: Pick<Calibration, 'a' | 'b' | 'isotonic'>,
): number {
  return isotonic === undefined ? a * mean + b : isotonicLogit(mean, isotonic, a);
}

type Knot = readonly [logit: number, probability: number];

/**
 * Log-odds at `mean` between knots (both coordinates strictly ascending, probabilities within 0..1), interpolated; beyond
 * the first and last they go on with `slope`, so that no two pictures tie that differ.
 */
export function isotonicLogit(mean: number, knots: readonly Knot[], slope: number): number {
  const after = knots.findIndex(([logit]) => logit > mean);
  const [left, right] = after === -1 ? [knots.at(-1), undefined] : [knots[after - 1], knots[after]];
  const nearest = left ?? right;
  if (nearest === undefined) return 0;
  if (left === undefined || right === undefined) return logOdds(nearest[1]) + slope * (mean - nearest[0]);
  const share = (mean - left[0]) / (right[0] - left[0]);
  return logOdds(left[1]) + share * (logOdds(right[1]) - logOdds(left[1]));
}

const logOdds = (probability: number): number => Math.log(probability / (1 - probability));
