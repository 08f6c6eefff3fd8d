/** How far a decoder's pixels are from the reference's. */
import type { Raster } from '../../src/core/image/crop.ts';
import type { PixelImage } from '../../src/core/image/pixels.ts';

export interface Difference {
  samples: number;
  differing: number;
  /** Sum of the absolute differences, in levels of 255. */
  sum: number;
  largest: number;
}

export const NO_DIFFERENCE: Difference = { samples: 0, differing: 0, sum: 0, largest: 0 };

/** Compares the colours of `image` with `reference`, which is RGB; null where the sizes differ. */
export function differenceOf(image: PixelImage, reference: Raster): Difference | null {
  if (image.widthPx !== reference.widthPx || image.heightPx !== reference.heightPx) return null;
  const difference = { ...NO_DIFFERENCE, samples: reference.data.length };
  for (let index = 0; index < reference.data.length; index++) {
    const found = image.rgba[Math.floor(index / 3) * 4 + (index % 3)] ?? Number.NaN;
    const off = Math.abs(found - (reference.data[index] ?? Number.NaN));
    if (off === 0) continue;
    difference.differing += 1;
    difference.sum += off;
    difference.largest = Math.max(difference.largest, off);
  }
  return difference;
}

/** Both together. */
export const added = (one: Difference, other: Difference): Difference => ({
  samples: one.samples + other.samples,
  differing: one.differing + other.differing,
  sum: one.sum + other.sum,
  largest: Math.max(one.largest, other.largest),
});
