/** A fingerprint that survives re-encoding and resizing, for finding pictures that are nearly the same. */
import type { PixelImage } from '../image/pixels.ts';

/** 64 bits, row-major from the top left: bit 63 is the lowest of `low`. */
export interface Hash64 {
  high: number;
  low: number;
}

const COLUMNS = 9;
const ROWS = 8;
/** Means of cells that span fewer luma levels than this hold nothing to recognise a picture by. */
const LEAST_SPAN = 2;

/**
 * The difference hash (dHash, Krawetz 2013) of opaque pixels: the picture as 9 x 8 mean lumas (ITU-R BT.601), a bit for
 * each that is darker than its right neighbour. Null for a picture smaller than that or without contrast. One pass.
 */
export function differenceHash(image: PixelImage): Hash64 | null {
  if (image.widthPx < COLUMNS || image.heightPx < ROWS) return null;
  const means = cellMeans(image);
  if (Math.max(...means) - Math.min(...means) < LEAST_SPAN) return null;
  const halves = [0, 0];
  for (let bit = 0; bit < 64; bit++) {
    const cell = Math.floor(bit / 8) * COLUMNS + (bit % 8);
    if ((means[cell] ?? 0) >= (means[cell + 1] ?? 0)) continue;
    const half = bit < 32 ? 0 : 1;
    halves[half] = (halves[half] ?? 0) | (1 << (31 - (bit % 32)));
  }
  const [high = 0, low = 0] = halves;
  return { high: high >>> 0, low: low >>> 0 };
}

function cellMeans({ widthPx, heightPx, rgba }: PixelImage): Float64Array {
  const sums = new Float64Array(COLUMNS * ROWS);
  const counts = new Float64Array(COLUMNS * ROWS);
  const columnOf = Uint8Array.from({ length: widthPx }, (_, x) => Math.floor((x * COLUMNS) / widthPx));
  for (let y = 0; y < heightPx; y++) {
    const first = Math.floor((y * ROWS) / heightPx) * COLUMNS;
    let index = y * widthPx * 4;
    for (let x = 0; x < widthPx; x++, index += 4) {
      const cell = first + (columnOf[x] ?? 0);
      const luma = 299 * (rgba[index] ?? 0) + 587 * (rgba[index + 1] ?? 0) + 114 * (rgba[index + 2] ?? 0);
      sums[cell] = (sums[cell] ?? 0) + luma;
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
  }
  return sums.map((sum, cell) => sum / (counts[cell] ?? 1) / 1000);
}

/** In how many of their 64 bits two hashes differ. */
export const hashDistance = (one: Hash64, other: Hash64): number =>
  bitCount(one.high ^ other.high) + bitCount(one.low ^ other.low);

/** Bits set in a 32-bit integer (Warren, Hacker's Delight, 5-1). */
function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
