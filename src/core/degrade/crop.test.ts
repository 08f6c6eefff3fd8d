import { describe, expect, it } from 'vitest';
import { waves } from '../../../test/support/pictures-by-hand.ts';
import type { PixelImage } from '../image/pixels.ts';
import { randomFrom } from '../random.ts';
import { middleOf, offGrid } from './crop.ts';
import { degrade } from './degrade.ts';
import { parseChain } from './specification.ts';

const at = (image: PixelImage, x: number, y: number): number[] => [
  ...image.rgba.subarray((y * image.widthPx + x) * 4, (y * image.widthPx + x) * 4 + 4),
];

describe('middleOf', () => {
  const image = waves(61, 20);

  it('takes the middle, and a shorter side whole', () => {
    const middle = middleOf(image, 32);
    expect(middle).toMatchObject({ widthPx: 32, heightPx: 20 });
    expect(at(middle, 0, 3)).toEqual(at(image, 14, 3));
    expect(at(middle, 31, 19)).toEqual(at(image, 45, 19));
    expect(middleOf(image, 100)).toMatchObject({ widthPx: 61, heightPx: 20 });
  });
});

describe('offGrid', () => {
  it('cuts 1 to 7 px from the left and the top, every number of them', () => {
    const image = waves(40, 30);
    const random = randomFrom(1);
    const seen = [new Set<number>(), new Set<number>()] as const;
    for (let draw = 0; draw < 200; draw++) {
      const cut = offGrid(image, random);
      const [left, top] = [40 - cut.widthPx, 30 - cut.heightPx];
      expect(at(cut, 0, 0)).toEqual(at(image, left, top));
      expect(at(cut, cut.widthPx - 1, cut.heightPx - 1)).toEqual(at(image, 39, 29));
      seen[0].add(left);
      seen[1].add(top);
    }
    for (const lengths of seen) expect([...lengths].sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('leaves a pixel', () => {
    expect(offGrid(waves(1, 3), () => 0.99)).toMatchObject({ widthPx: 1, heightPx: 1 });
  });
});

describe('reencode', () => {
  it('moves pictures that were JPEG off their grid', async () => {
    const chain = parseChain('reencode');
    if (!chain.ok) throw new Error(chain.failure);
    const webp = async (image: PixelImage) => image;
    const image = waves(64, 64);
    for (let index = 0; index < 20; index++) {
      const { image: after } = await degrade({ image, jpegQuality: null }, chain.value, {
        inputName: `${index}.jpg`,
        webp,
      });
      expect([1, 2, 3, 4, 5, 6, 7]).toContain(64 - after.widthPx);
      expect([1, 2, 3, 4, 5, 6, 7]).toContain(64 - after.heightPx);
    }
  });
});
