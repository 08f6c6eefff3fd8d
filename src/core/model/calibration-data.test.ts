import { describe, expect, it } from 'vitest';
import { calibrationDataOf, marksMet, overlapOf } from './calibration-data.ts';

/** Different digests, spread over their whole range. */
const digests = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) =>
    (((from + index + 1) * 2654435761) % 2 ** 32).toString(16).padStart(8, '0').repeat(8),
  );

describe('overlapOf', () => {
  it('counts every shared file of a small collection, in any order', () => {
    const data = calibrationDataOf([...digests(0, 40), ...digests(0, 3)].toReversed());
    expect(data.files).toBe(40);
    expect(overlapOf({ data }, digests(30, 90))).toEqual({ shared: 10, of: 40 });
    expect(overlapOf({ data }, digests(40, 90))).toEqual({ shared: 0, of: 40 });
  });

  it('notices a part of a large one by few marks', () => {
    const data = calibrationDataOf(digests(0, 20_000));
    expect(data).toMatchObject({ files: 20_000 });
    expect(data.marks).toHaveLength(256);
    const half = overlapOf({ data }, digests(10_000, 30_000));
    expect(half?.of).toBe(256);
    expect(half?.shared).toBeGreaterThan(100);
    expect(half?.shared).toBeLessThan(156);
    expect(overlapOf({ data }, digests(20_000, 40_000))).toEqual({ shared: 0, of: 256 });
  });

  it('knows the same from the marks that were met', () => {
    const all = [calibrationDataOf(digests(0, 40)), calibrationDataOf(digests(20, 60))];
    const met = marksMet(all, digests(30, 90));
    expect(met).toEqual([...met].sort());
    expect(met).toHaveLength(30);
    for (const data of all) expect(overlapOf({ data }, met)).toEqual(overlapOf({ data }, digests(30, 90)));
  });

  it('says nothing of a card that does not tell', () => {
    expect(overlapOf({}, digests(0, 5))).toBeNull();
  });
});
