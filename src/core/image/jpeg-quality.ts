/** Which quality setting wrote a JPEG, by its quantisation tables against those of the Independent JPEG Group. */
import { type JpegFacts, jpegFacts, type QuantisationTable } from './jpeg-facts.ts';
import type { Format } from './magic.ts';

/** ITU-T T.81 tables K.1 (luma) and K.2 (chroma) in zigzag order, which `jpeg_set_quality` scales. */
const LUMA = [
  ...[16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40],
  ...[58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103],
  ...[104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99],
];
const CHROMA = [
  ...[17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66],
  ...Array.from({ length: 50 }, () => 99),
];

/** A table at a setting of libjpeg, before steps are limited to what the file can hold. */
const scaled = (base: readonly number[], quality: number): QuantisationTable => {
  const percent = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  return base.map((step) => Math.max(1, Math.floor((step * percent + 50) / 100)));
};

interface Setting {
  quality: number;
  luma: QuantisationTable;
  chroma: QuantisationTable;
}

const SETTINGS: readonly Setting[] = Array.from({ length: 100 }, (_, index) => {
  const quality = index + 1;
  return { quality, luma: scaled(LUMA, quality), chroma: scaled(CHROMA, quality) };
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
