import { describe, expect, it } from 'vitest';
import { noise } from '../../../test/support/noise.ts';
import { waves } from '../../../test/support/pictures-by-hand.ts';
import { resizeRaster } from '../image/resize.ts';
import { pixelImageOf, rasterOf } from '../model/preprocess.ts';
import { differenceHash, type Hash64, hashDistance } from './difference-hash.ts';
import { NEAR_BITS, nearGroups } from './near-groups.ts';

const randomHashes = (count: number, seed: number): Hash64[] => {
  const words = new Uint32Array(noise(count * 8, seed).slice().buffer);
  return Array.from({ length: count }, (_, index) => ({
    high: words[index * 2] ?? 0,
    low: words[index * 2 + 1] ?? 0,
  }));
};
const flipped = ({ high, low }: Hash64, bits: readonly number[]): Hash64 => {
  const flip = (word: number, first: number) =>
    bits
      .filter((bit) => bit >= first && bit < first + 32)
      .reduce((sum, bit) => (sum ^ (1 << (bit - first))) >>> 0, word);
  return { high: flip(high, 32), low: flip(low, 0) };
};
const distinctBits = (seed: number, count: number): number[] =>
  [...new Set([...noise(64, seed)].map((byte) => byte % 64))].slice(0, count);

describe('differenceHash', () => {
  it('has a bit where a cell is darker than its right neighbour', () => {
    const rgba = new Uint8Array(9 * 8 * 4).fill(255);
    // Row 0 grows brighter, the others darker, but for one step up at the end of the last row.
    for (let cell = 0; cell < 72; cell++) {
      const [row, column] = [Math.floor(cell / 9), cell % 9];
      const grey = row === 0 ? column * 20 : 200 - column * 20 + (row === 7 && column === 8 ? 90 : 0);
      rgba.fill(grey, cell * 4, cell * 4 + 3);
    }
    expect(differenceHash({ widthPx: 9, heightPx: 8, rgba })).toEqual({ high: 0xff000000, low: 0x00000001 });
  });

  it('hardly moves when the picture is resized, and moves far for another picture', () => {
    const original = waves(300, 200);
    const hash = differenceHash(original);
    const target = { widthPx: 141, heightPx: 94 };
    const smaller = pixelImageOf(resizeRaster(rasterOf(original), target, { kernel: 'bicubic' }));
    const smallerHash = differenceHash(smaller);
    const other = differenceHash({ ...original, rgba: noise(300 * 200 * 4, 9) });
    if (hash === null || smallerHash === null || other === null) throw new Error('no hash');
    expect(hashDistance(hash, smallerHash)).toBeLessThanOrEqual(NEAR_BITS);
    expect(hashDistance(hash, other)).toBeGreaterThan(16);
  });

  it('is null where there is nothing to compare', () => {
    expect(differenceHash({ widthPx: 40, heightPx: 40, rgba: new Uint8Array(6400).fill(255) })).toBeNull();
    expect(differenceHash({ ...waves(8, 40) })).toBeNull();
  });
});

describe('nearGroups', () => {
  it('finds every pair that comparing all pairs finds', () => {
    const bases = randomHashes(60, 3);
    const hashes = bases.flatMap((hash, index) => [
      hash,
      flipped(hash, distinctBits(index + 1, 1 + (index % 6))),
    ]);
    const brute = new Set<string>();
    for (const [one, left] of hashes.entries()) {
      for (const [other, right] of hashes.entries()) {
        if (one < other && hashDistance(left, right) <= NEAR_BITS) brute.add(`${one},${other}`);
      }
    }
    expect(brute.size).toBeGreaterThan(30);
    const groups = nearGroups(hashes);
    expect(groups.every((group) => group.length === 2)).toBe(true);
    expect(new Set(groups.map((group) => group.join(',')))).toEqual(brute);
  });

  it('finds pairs whose differing bits lie in four of the five bands', () => {
    const [base] = randomHashes(1, 8);
    if (base === undefined) throw new Error('no hash');
    for (const spared of [0, 1, 2, 3, 4]) {
      const bits = [2, 20, 33, 45, 60].filter((_, band) => band !== spared);
      expect(nearGroups([base, flipped(base, bits)])).toEqual([[0, 1]]);
    }
    expect(nearGroups([base, flipped(base, [2, 20, 33, 45, 60])])).toEqual([]);
  });

  it('joins by chains, joins copies, and leaves out what has no hash', () => {
    const [base] = randomHashes(1, 4);
    if (base === undefined) throw new Error('no hash');
    const middle = flipped(base, [1, 2, 3, 4]);
    const end = flipped(middle, [40, 41, 42]);
    expect(nearGroups([base, null, end, middle, null])).toEqual([[0, 2, 3]]);
    expect(nearGroups([base, null, base, null, base])).toEqual([[0, 2, 4]]);
  });

  it('goes through twenty thousand hashes with many copies', () => {
    const many = randomHashes(10_000, 21);
    const copies = Array.from({ length: 10_000 }, () => many[0] ?? null);
    const groups = nearGroups([...many, ...copies]);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toHaveLength(10_001);
  });
});
