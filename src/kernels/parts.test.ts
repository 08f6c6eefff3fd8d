import { describe, expect, it } from 'vitest';
import { cutRows } from './parts.ts';

describe('cutRows', () => {
  it('leaves a step whole for one thread', () => {
    expect(cutRows(40, { columns: 40, threads: 1, inTiles: true })).toEqual([{ from: 0, to: 40 }]);
  });

  it('begins tiles where one thread begins them, and none has less than a tile', () => {
    expect(cutRows(19, { columns: 19, threads: 2, inTiles: true })).toEqual([
      { from: 0, to: 4 },
      { from: 4, to: 8 },
      { from: 8, to: 12 },
      { from: 12, to: 19 },
    ]);
  });

  it('makes no parts that are not worth it', () => {
    expect(cutRows(10, { columns: 3, threads: 2, inTiles: false })).toEqual([{ from: 0, to: 10 }]);
    expect(cutRows(10, { columns: 7, threads: 2, inTiles: false })).toHaveLength(2);
  });

  it.each([1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 150])('covers %i rows once, in order', (rows) => {
    for (const inTiles of [true, false]) {
      const parts = cutRows(rows, { columns: 150, threads: 4, inTiles });
      expect(parts.length).toBeLessThanOrEqual(16);
      expect(parts[0]?.from).toBe(0);
      expect(parts.at(-1)?.to).toBe(rows);
      expect(parts.slice(1).map(({ from }) => from)).toEqual(parts.slice(0, -1).map(({ to }) => to));
      expect(parts.every(({ from, to }) => to > from)).toBe(true);
    }
  });
});
