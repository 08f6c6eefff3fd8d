/**
 * libjpeg's accurate integer DCT and its inverse (Loeffler, Ligtenberg and Moschytz 1989; `jfdctint.c`, `jidctint.c`),
 * bit for bit: other ways to round give other coefficients, and the trace of a JPEG is in its rounding.
 * Halves round up (`half` and a shift); sums stay below 2 ** 31 for 8-bit samples.
 */

/** Fractional bits of the constants below. */
const CONST_BITS = 13;
const ONE = 2 ** CONST_BITS;
/** Fractional bits kept between the two passes. */
const PASS_BITS = 2;

const FIX_0_298631336 = 2446;
const FIX_0_390180644 = 3196;
const FIX_0_541196100 = 4433;
const FIX_0_765366865 = 6270;
const FIX_0_899976223 = 7373;
const FIX_1_175875602 = 9633;
const FIX_1_501321110 = 12_299;
const FIX_1_847759065 = 15_137;
const FIX_1_961570560 = 16_069;
const FIX_2_053119869 = 16_819;
const FIX_2_562915447 = 20_995;
const FIX_3_072711026 = 25_172;

/** DCT of an 8 x 8 block of samples less 128, in place; the result is scaled up by 8. */
export function forwardDct(block: Int32Array): void {
  for (let row = 0; row < 8; row++) forwardPass(block, row * 8, 1, true);
  for (let column = 0; column < 8; column++) forwardPass(block, column, 8, false);
}

function forwardPass(block: Int32Array, start: number, step: number, isFirst: boolean): void {
  const shift = isFirst ? CONST_BITS - PASS_BITS : CONST_BITS + PASS_BITS;
  const half = 1 << (shift - 1);
  const d0 = block[start] ?? 0;
  const d1 = block[start + step] ?? 0;
  const d2 = block[start + 2 * step] ?? 0;
  const d3 = block[start + 3 * step] ?? 0;
  const d4 = block[start + 4 * step] ?? 0;
  const d5 = block[start + 5 * step] ?? 0;
  const d6 = block[start + 6 * step] ?? 0;
  const d7 = block[start + 7 * step] ?? 0;
  const even0 = d0 + d7 + d3 + d4;
  const even1 = d1 + d6 + d2 + d5;
  const even2 = d1 + d6 - d2 - d5;
  const even3 = d0 + d7 - d3 - d4;
  const rotated = (even2 + even3) * FIX_0_541196100;
  // With the other sums' fractional bits these two come out exactly as libjpeg's shorter shifts.
  block[start] = ((even0 + even1) * ONE + half) >> shift;
  block[start + 4 * step] = ((even0 - even1) * ONE + half) >> shift;
  block[start + 2 * step] = (rotated + even3 * FIX_0_765366865 + half) >> shift;
  block[start + 6 * step] = (rotated - even2 * FIX_1_847759065 + half) >> shift;
  const [t4, t5, t6, t7] = [d3 - d4, d2 - d5, d1 - d6, d0 - d7];
  const common = (t4 + t5 + t6 + t7) * FIX_1_175875602 + half;
  const z1 = -(t4 + t7) * FIX_0_899976223;
  const z2 = -(t5 + t6) * FIX_2_562915447;
  const z3 = common - (t4 + t6) * FIX_1_961570560;
  const z4 = common - (t5 + t7) * FIX_0_390180644;
  block[start + 7 * step] = (t4 * FIX_0_298631336 + z1 + z3) >> shift;
  block[start + 5 * step] = (t5 * FIX_2_053119869 + z2 + z4) >> shift;
  block[start + 3 * step] = (t6 * FIX_3_072711026 + z2 + z3) >> shift;
  block[start + step] = (t7 * FIX_1_501321110 + z1 + z4) >> shift;
}

/** Samples less 128 of an 8 x 8 block of coefficients (not scaled), in place; not limited to -128..127. */
export function inverseDct(block: Int32Array): void {
  for (let column = 0; column < 8; column++) inversePass(block, column, 8, CONST_BITS - PASS_BITS);
  for (let row = 0; row < 8; row++) inversePass(block, row * 8, 1, CONST_BITS + PASS_BITS + 3);
}

function inversePass(block: Int32Array, start: number, step: number, shift: number): void {
  const half = 1 << (shift - 1);
  const d1 = block[start + step] ?? 0;
  const d2 = block[start + 2 * step] ?? 0;
  const d3 = block[start + 3 * step] ?? 0;
  const d5 = block[start + 5 * step] ?? 0;
  const d6 = block[start + 6 * step] ?? 0;
  const d7 = block[start + 7 * step] ?? 0;
  const sum = ((block[start] ?? 0) + (block[start + 4 * step] ?? 0)) * ONE + half;
  const difference = ((block[start] ?? 0) - (block[start + 4 * step] ?? 0)) * ONE + half;
  const rotated = (d2 + d6) * FIX_0_541196100;
  const tilted = rotated - d6 * FIX_1_847759065;
  const straight = rotated + d2 * FIX_0_765366865;
  const common = (d1 + d3 + d5 + d7) * FIX_1_175875602;
  const z1 = -(d7 + d1) * FIX_0_899976223;
  const z2 = -(d5 + d3) * FIX_2_562915447;
  const z3 = common - (d7 + d3) * FIX_1_961570560;
  const z4 = common - (d5 + d1) * FIX_0_390180644;
  const odd0 = d7 * FIX_0_298631336 + z1 + z3;
  const odd1 = d5 * FIX_2_053119869 + z2 + z4;
  const odd2 = d3 * FIX_3_072711026 + z2 + z3;
  const odd3 = d1 * FIX_1_501321110 + z1 + z4;
  block[start] = (sum + straight + odd3) >> shift;
  block[start + 7 * step] = (sum + straight - odd3) >> shift;
  block[start + step] = (difference + tilted + odd2) >> shift;
  block[start + 6 * step] = (difference + tilted - odd2) >> shift;
  block[start + 2 * step] = (difference - tilted + odd1) >> shift;
  block[start + 5 * step] = (difference - tilted - odd1) >> shift;
  block[start + 3 * step] = (sum - straight + odd0) >> shift;
  block[start + 4 * step] = (sum - straight - odd0) >> shift;
}
