import { describe, expect, it } from 'vitest';
import fixture from '../../../test/fixtures/metrics/binary-metrics.json' with { type: 'json' };
import { clopperPearson } from './clopper-pearson.ts';
import { logGamma, regularizedIncompleteBeta } from './incomplete-beta.ts';

describe('clopperPearson', () => {
  it.each(fixture.clopperPearsonTable)('agrees with SciPy on $successes of $trials', (row) => {
    const interval = clopperPearson(row.successes, row.trials, row.confidence);
    expect(Math.abs((interval?.lower ?? -1) - row.lower)).toBeLessThan(1e-12);
    expect(Math.abs((interval?.upper ?? -1) - row.upper)).toBeLessThan(1e-12);
  });

  it.each([1, 10, 1000, 1e6, 1e8])('meets the closed forms for %d trials', (trials) => {
    const none = clopperPearson(0, trials);
    expect(none?.lower).toBe(0);
    expect(none?.upper).toBeCloseTo(-Math.expm1(Math.log(0.025) / trials), 12);
    expect(clopperPearson(1, trials)?.lower).toBeCloseTo(-Math.expm1(Math.log1p(-0.025) / trials), 12);
    expect(clopperPearson(trials, trials)?.upper).toBe(1);
  });

  it('has bounds at which the binomial tails have the stated probability', () => {
    const trials = 37;
    for (let successes = 1; successes < trials; successes++) {
      const interval = clopperPearson(successes, trials, 0.9);
      expect(binomialTail(successes, trials, interval?.lower ?? 0)).toBeCloseTo(0.05, 12);
      expect(1 - binomialTail(successes + 1, trials, interval?.upper ?? 0)).toBeCloseTo(0.05, 12);
    }
  });

  it('has no interval without trials and refuses what is no rate', () => {
    expect(clopperPearson(0, 0)).toBeNull();
    for (const [successes, trials] of [
      [2, 1],
      [-1, 5],
      [0.5, 5],
      [Number.NaN, 5],
      [1, Number.POSITIVE_INFINITY],
    ] as const) {
      expect(() => clopperPearson(successes, trials)).toThrow(RangeError);
    }
    for (const confidence of [0, 1, Number.NaN])
      expect(() => clopperPearson(1, 2, confidence)).toThrow(RangeError);
  });
});

describe('regularizedIncompleteBeta', () => {
  it('is the distribution function in the cases with a closed form', () => {
    for (const x of [0, 1e-9, 0.2, 0.5, 0.99, 1]) {
      expect(regularizedIncompleteBeta(x, 1, 1)).toBeCloseTo(x, 14);
      expect(regularizedIncompleteBeta(x, 3, 1)).toBeCloseTo(x ** 3, 14);
      expect(regularizedIncompleteBeta(x, 0.5, 0.5)).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(x)), 13);
    }
  });
});

describe('logGamma', () => {
  it('is the logarithm of the factorial', () => {
    let sum = 0;
    for (let n = 1; n <= 300; n++) {
      expect(Math.abs(logGamma(n) - sum)).toBeLessThan(1e-14 * Math.max(30, sum));
      sum += Math.log(n);
    }
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 14);
  });
});

/** P(at least `successes` of `trials` at rate `p`), summed term by term. */
function binomialTail(successes: number, trials: number, p: number): number {
  let tail = 0;
  let choose = 1;
  for (let k = 0; k <= trials; k++) {
    if (k >= successes) tail += choose * p ** k * (1 - p) ** (trials - k);
    choose = (choose * (trials - k)) / (k + 1);
  }
  return tail;
}
