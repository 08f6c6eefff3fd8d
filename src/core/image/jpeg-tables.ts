/** The quantisation tables that libjpeg scales by its quality setting. */

/** ITU-T T.81 table K.1, row by row. */
const LUMA = [
  ...[16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55],
  ...[14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62],
  ...[18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92],
  ...[49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99],
];
/** ITU-T T.81 table K.2, row by row. */
const CHROMA = [
  ...[17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99],
  ...[24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99],
  ...Array.from({ length: 32 }, () => 99),
];

export interface QuantisationTables {
  /** 64 steps of 1..255, row by row (not in zigzag order). */
  luma: Int32Array;
  chroma: Int32Array;
}

/**
 * The tables of libjpeg's `jpeg_set_quality` with baseline limits; throws `RangeError` unless `quality` is a whole number
 * from 1 to 100.
 */
export function standardTables(quality: number): QuantisationTables {
  const { luma, chroma } = scaledSteps(quality);
  const limited = (steps: readonly number[]) => Int32Array.from(steps, (step) => Math.min(255, step));
  return { luma: limited(luma), chroma: limited(chroma) };
}

/** The same before they are limited: steps of 1 or more, row by row. */
export function scaledSteps(quality: number): { luma: number[]; chroma: number[] } {
  if (!Number.isInteger(quality) || quality < 1 || quality > 100) {
    throw new RangeError(`no JPEG quality: ${quality}`);
  }
  const percent = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality;
  const scaled = (base: readonly number[]) =>
    base.map((step) => Math.max(1, Math.floor((step * percent + 50) / 100)));
  return { luma: scaled(LUMA), chroma: scaled(CHROMA) };
}
