import { describe, expect, it } from 'vitest';
import { balancedCalibrationError, calibrationBins, expectedCalibrationError } from './calibration-error.ts';
import { readProbabilities } from './score-set.ts';

/** The smallest double above a positive one. */
function nextUp(value: number): number {
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  return new Float64Array(BigInt64Array.of((bits[0] ?? 0n) + 1n).buffer)[0] ?? 0;
}

describe('calibrationBins', () => {
  it('closes every bin on the right, and the first on both sides', () => {
    for (const binCount of [1, 3, 10, 15, 25, 29, 49]) {
      const edges = Array.from({ length: binCount + 1 }, (_, edge) => edge / binCount);
      const set = readProbabilities({ labels: edges.map(() => 1), scores: edges });
      const counts = set.ok ? calibrationBins(set.value, binCount).map(({ count }) => count) : [];
      expect(counts).toEqual([2, ...Array<number>(binCount - 1).fill(1)]);
    }
  });

  it('puts the next number after an edge into the next bin', () => {
    for (const binCount of [3, 15, 25]) {
      const scores = Array.from({ length: binCount - 1 }, (_, edge) => nextUp((edge + 1) / binCount));
      const set = readProbabilities({ labels: scores.map(() => 0), scores });
      const counts = set.ok ? calibrationBins(set.value, binCount).map(({ count }) => count) : [];
      expect(counts).toEqual([0, ...Array<number>(binCount - 1).fill(1)]);
    }
  });

  it('has no error when every bin is as sure as it is right', () => {
    const set = readProbabilities({ labels: [0, 0, 0, 1, 1, 1], scores: [0, 0.5, 0.5, 0.5, 0.5, 1] });
    expect(set.ok && expectedCalibrationError(calibrationBins(set.value))).toBe(0);
    expect(() => set.ok && calibrationBins(set.value, 0)).toThrow(RangeError);
  });
});

describe('balancedCalibrationError', () => {
  it('does not follow the ratio of the classes', () => {
    // Half of what is scored 0.5 is generated where classes weigh alike, and a tenth as counted.
    const labels = Array.from({ length: 100 }, (_, index) => Number(index < 10));
    const set = readProbabilities({ labels, scores: labels.map(() => 0.5) });
    if (!set.ok) throw new Error(set.failure.kind);
    expect(balancedCalibrationError(set.value)).toBeCloseTo(0, 12);
    expect(expectedCalibrationError(calibrationBins(set.value))).toBeCloseTo(0.4, 12);
  });

  it('equals the plain error where classes are equal, and needs both', () => {
    const labels = [0, 1, 0, 1, 0, 1];
    const set = readProbabilities({ labels, scores: [0.1, 0.9, 0.62, 0.6, 0.3, 0.2] });
    if (!set.ok) throw new Error(set.failure.kind);
    const plain = expectedCalibrationError(calibrationBins(set.value));
    expect(balancedCalibrationError(set.value)).toBeCloseTo(plain, 12);
    const reals = readProbabilities({ labels: [0, 0], scores: [0.1, 0.2] });
    expect(reals.ok && balancedCalibrationError(reals.value)).toBeNull();
  });
});
