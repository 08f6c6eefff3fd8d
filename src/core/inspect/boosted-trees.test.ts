import { describe, expect, it } from 'vitest';
import { noise } from '../../../test/support/noise.ts';
import { fitBoostedTrees } from './boosted-trees.ts';

const column = (count: number, seed: number): Float64Array =>
  Float64Array.from(noise(count, seed), (byte) => byte / 255);
const accuracy = (predicted: Float64Array | undefined, labels: Uint8Array): number =>
  labels.reduce((right, label, row) => right + Number(Number((predicted?.[row] ?? 0) > 0.5) === label), 0) /
  labels.length;

describe('fitBoostedTrees', () => {
  it('learns what no single column tells, and applies it to rows it has not seen', () => {
    const [x, y, idle] = [column(600, 1), column(600, 2), column(600, 44)];
    const labels = Uint8Array.from(x, (value, row) => Number(value > 0.5 !== (y[row] ?? 0) > 0.5));
    const predict = fitBoostedTrees({ columns: [x, y, idle], labels });
    const [otherX, otherY, otherIdle] = [column(300, 4), column(300, 9), column(300, 70)];
    const expected = Uint8Array.from(otherX, (value, row) =>
      Number(value > 0.5 !== (otherY[row] ?? 0) > 0.5),
    );
    expect(accuracy(predict?.([otherX, otherY, otherIdle]), expected)).toBeGreaterThan(0.93);
  });

  it('weighs both classes alike', () => {
    const labels = Uint8Array.from({ length: 500 }, (_, row) => Number(row < 20));
    const predict = fitBoostedTrees({ columns: [new Float64Array(500)], labels });
    for (const p of predict?.([new Float64Array(3)]) ?? []) expect(p).toBeCloseTo(0.5, 6);
  });

  it('gives the same numbers every time', () => {
    const [x, labels] = [column(200, 9), Uint8Array.from(noise(200, 10), (byte) => byte & 1)];
    const once = fitBoostedTrees({ columns: [x], labels })?.([x]);
    expect(fitBoostedTrees({ columns: [x], labels })?.([x])).toEqual(once);
    expect(once?.every((p) => p > 0 && p < 1)).toBe(true);
  });

  it('is null when a class is missing', () => {
    expect(fitBoostedTrees({ columns: [column(5, 1)], labels: new Uint8Array(5) })).toBeNull();
  });
});
