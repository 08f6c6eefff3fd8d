/** Which quality setting wrote a JPEG, by its quantisation tables against those of the Independent JPEG Group. */
import { type JpegFacts, jpegFacts, type QuantisationTable } from './jpeg-facts.ts';
import { scaledSteps } from './jpeg-tables.ts';
import type { Format } from './magic.ts';

/**
 * Places in a table that is kept row by row, in the zigzag order of ITU-T T.81 figure A.6: diagonal by diagonal, odd ones
 * downwards.
 */
const ZIGZAG = Array.from({ length: 64 }, (_, place) => ({ place, row: place >> 3, column: place & 7 }))
  .sort((left, right) => {
    const diagonal = left.row + left.column;
    const later = diagonal - right.row - right.column;
    return later || (diagonal % 2 === 1 ? left.row - right.row : left.column - right.column);
  })
  .map(({ place }) => place);

/** In a file's order, of steps row by row. */
const inZigzag = (steps: readonly number[]): QuantisationTable => ZIGZAG.map((place) => steps[place] ?? 1);

/** A setting's tables before their steps are limited to what the file can hold. */
interface Setting {
  quality: number;
  luma: QuantisationTable;
  chroma: QuantisationTable;
}

const SETTINGS: readonly Setting[] = Array.from({ length: 100 }, (_, index) => {
  const quality = index + 1;
  const { luma, chroma } = scaledSteps(quality);
  return { quality, luma: inZigzag(luma), chroma: inZigzag(chroma) };
});

export interface JpegQuality {
  /** 1..100: the setting of libjpeg whose tables are nearest. */
  quality: number;
  /** The tables are exactly those of that setting; cameras, Photoshop and mozjpeg have their own. */
  isStandard: boolean;
}

/** The nearest quality 1..100 of the file in `bytes`; null for other formats and files without tables. */
export function fileJpegQuality(bytes: Uint8Array, format: Format): number | null {
  const facts = format === 'jpeg' ? jpegFacts(bytes) : null;
  return facts === null ? null : (jpegQuality(facts)?.quality ?? null);
}

/**
 * The quality of a file with these tables, or null when it defines none. Nearest is by the mean of |log step ratio|, luma
 * and chroma together, so that coarse and fine tables count alike; of equally near settings the highest.
 */
export function jpegQuality({ luma, chroma }: Pick<JpegFacts, 'luma' | 'chroma'>): JpegQuality | null {
  if (luma === null) return null;
  let best = { quality: 100, distance: Number.POSITIVE_INFINITY };
  for (const setting of SETTINGS) {
    const distance =
      distanceBetween(luma, setting.luma) + (chroma === null ? 0 : distanceBetween(chroma, setting.chroma));
    if (distance <= best.distance) best = { quality: setting.quality, distance };
  }
  return { quality: best.quality, isStandard: best.distance === 0 };
}

function distanceBetween(table: QuantisationTable, standard: QuantisationTable): number {
  // Below 25 steps leave 8 bits: libjpeg's command line limits them, mozjpeg's library writes 16-bit tables.
  const most = table.some((step) => step > 255) ? 32_767 : 255;
  let sum = 0;
  for (let index = 0; index < standard.length; index++) {
    sum += Math.abs(Math.log(Math.max(1, table[index] ?? 1) / Math.min(most, standard[index] ?? 1)));
  }
  return sum;
}
