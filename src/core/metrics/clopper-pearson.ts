import { regularizedIncompleteBeta } from './incomplete-beta.ts';

export interface Interval {
  lower: number;
  upper: number;
}

/**
 * Exact two-sided interval of a rate, 0..1, from the beta quantiles (Clopper and Pearson 1934); null for no trials.
 * Throws `RangeError` unless `0 <= successes <= trials` are integers and `0 < confidence < 1`. Bounds to about 1e-15
 * for up to 1e4 trials, 1e-12 for 1e8.
 */
export function clopperPearson(successes: number, trials: number, confidence = 0.95): Interval | null {
  if (
    !Number.isSafeInteger(successes) ||
    !Number.isSafeInteger(trials) ||
    successes < 0 ||
    successes > trials
  ) {
    throw new RangeError(`no rate: ${successes} of ${trials}`);
  }
  if (!(confidence > 0 && confidence < 1)) throw new RangeError(`no confidence level: ${confidence}`);
  if (trials === 0) return null;
  const tail = (1 - confidence) / 2;
  return {
    lower: lowerBound(successes, trials, tail),
    // The other bound is the lower one of failures; this way both are solved where I_x is accurate.
    upper: 1 - lowerBound(trials - successes, trials, tail),
  };
}

/** The rate at which `successes` or more of `trials` happen with probability `tail`, by bisection to the last bit. */
function lowerBound(successes: number, trials: number, tail: number): number {
  if (successes === 0) return 0;
  let below = 0;
  let above = successes / trials;
  for (;;) {
    const middle = (below + above) / 2;
    if (middle <= below || middle >= above) return middle;
    if (regularizedIncompleteBeta(middle, successes, trials - successes + 1) < tail) below = middle;
    else above = middle;
  }
}
