/** The inner loop: 4 cells by 8 outputs, whose 8 sums, 2 weights and 1 input fit in 16 vector registers. */
import {
  ADDEND,
  HIGH,
  LOW,
  SEGMENTS,
  SEGMENT_LENGTH,
  SEGMENT_TABLE,
} from '../descriptor';
import { clamp, multiplyAdd } from './arithmetic';
import { ADDEND_OF, INPUT_OF, OUTPUT_OF } from './cells';

/** Panels hold 8 outputs: 32 bytes of weights for every multiplication. */
export const PANEL_BYTES: i32 = 32;

/**
 * Outputs `channelBytes` / 4 to + 7 of `cells` (a multiple of 4) cells: bias, the sum over the window, the addend, the
 * bounds. With `narrow` only the first four of them exist.
 */
export function convolvePanel(
  step: usize,
  table: usize,
  cells: i32,
  weights: usize,
  bias: usize,
  channelBytes: usize,
  narrow: bool,
): void {
  const segments = load<i32>(step, SEGMENTS);
  const offsets = load<usize>(step, SEGMENT_TABLE);
  const runBytes = load<i32>(step, SEGMENT_LENGTH) << 2;
  const unrolledBytes = runBytes & ~15;
  const addend = load<usize>(step, ADDEND) != 0;
  const low = v128.load_splat<f32>(step, LOW);
  const high = v128.load_splat<f32>(step, HIGH);
  for (let entry = table, end = table + (cells << 2); entry < end; entry += 16) {
    let a0 = v128.load(bias), a1 = v128.load(bias, 16);
    let b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1;
    let w = weights;
    for (let segment = 0; segment < segments; segment++) {
      const offset = load<usize>(offsets + (segment << 2));
      let a = load<usize>(entry, INPUT_OF) + offset;
      let b = load<usize>(entry, INPUT_OF + 4) + offset;
      let c = load<usize>(entry, INPUT_OF + 8) + offset;
      let d = load<usize>(entry, INPUT_OF + 12) + offset;
      const runEnd = a + runBytes;
      // Node 20's compiler, which lacks relaxed SIMD, moves all loads to the front and then spills.
      const unrolledEnd = ASC_FEATURE_RELAXED_SIMD ? a + unrolledBytes : a;
      while (a < unrolledEnd) {
        let w0 = v128.load(w), w1 = v128.load(w, 16), x = v128.load_splat<f32>(a);
        a0 = multiplyAdd(x, w0, a0); a1 = multiplyAdd(x, w1, a1); x = v128.load_splat<f32>(b);
        b0 = multiplyAdd(x, w0, b0); b1 = multiplyAdd(x, w1, b1); x = v128.load_splat<f32>(c);
        c0 = multiplyAdd(x, w0, c0); c1 = multiplyAdd(x, w1, c1); x = v128.load_splat<f32>(d);
        d0 = multiplyAdd(x, w0, d0); d1 = multiplyAdd(x, w1, d1);
        w0 = v128.load(w, 32); w1 = v128.load(w, 48); x = v128.load_splat<f32>(a, 4);
        a0 = multiplyAdd(x, w0, a0); a1 = multiplyAdd(x, w1, a1); x = v128.load_splat<f32>(b, 4);
        b0 = multiplyAdd(x, w0, b0); b1 = multiplyAdd(x, w1, b1); x = v128.load_splat<f32>(c, 4);
        c0 = multiplyAdd(x, w0, c0); c1 = multiplyAdd(x, w1, c1); x = v128.load_splat<f32>(d, 4);
        d0 = multiplyAdd(x, w0, d0); d1 = multiplyAdd(x, w1, d1);
        w0 = v128.load(w, 64); w1 = v128.load(w, 80); x = v128.load_splat<f32>(a, 8);
        a0 = multiplyAdd(x, w0, a0); a1 = multiplyAdd(x, w1, a1); x = v128.load_splat<f32>(b, 8);
        b0 = multiplyAdd(x, w0, b0); b1 = multiplyAdd(x, w1, b1); x = v128.load_splat<f32>(c, 8);
        c0 = multiplyAdd(x, w0, c0); c1 = multiplyAdd(x, w1, c1); x = v128.load_splat<f32>(d, 8);
        d0 = multiplyAdd(x, w0, d0); d1 = multiplyAdd(x, w1, d1);
        w0 = v128.load(w, 96); w1 = v128.load(w, 112); x = v128.load_splat<f32>(a, 12);
        a0 = multiplyAdd(x, w0, a0); a1 = multiplyAdd(x, w1, a1); x = v128.load_splat<f32>(b, 12);
        b0 = multiplyAdd(x, w0, b0); b1 = multiplyAdd(x, w1, b1); x = v128.load_splat<f32>(c, 12);
        c0 = multiplyAdd(x, w0, c0); c1 = multiplyAdd(x, w1, c1); x = v128.load_splat<f32>(d, 12);
        d0 = multiplyAdd(x, w0, d0); d1 = multiplyAdd(x, w1, d1);
        a += 16; b += 16; c += 16; d += 16; w += 4 * PANEL_BYTES;
      }
      while (a < runEnd) {
        const w0 = v128.load(w), w1 = v128.load(w, 16);
        let x = v128.load_splat<f32>(a);
        a0 = multiplyAdd(x, w0, a0); a1 = multiplyAdd(x, w1, a1); x = v128.load_splat<f32>(b);
        b0 = multiplyAdd(x, w0, b0); b1 = multiplyAdd(x, w1, b1); x = v128.load_splat<f32>(c);
        c0 = multiplyAdd(x, w0, c0); c1 = multiplyAdd(x, w1, c1); x = v128.load_splat<f32>(d);
        d0 = multiplyAdd(x, w0, d0); d1 = multiplyAdd(x, w1, d1);
        a += 4; b += 4; c += 4; d += 4; w += PANEL_BYTES;
      }
    }
    if (addend) {
      let from = load<usize>(entry, ADDEND_OF) + channelBytes;
      a0 = v128.add<f32>(a0, v128.load(from));
      if (!narrow) a1 = v128.add<f32>(a1, v128.load(from, 16));
      from = load<usize>(entry, ADDEND_OF + 4) + channelBytes;
      b0 = v128.add<f32>(b0, v128.load(from));
      if (!narrow) b1 = v128.add<f32>(b1, v128.load(from, 16));
      from = load<usize>(entry, ADDEND_OF + 8) + channelBytes;
      c0 = v128.add<f32>(c0, v128.load(from));
      if (!narrow) c1 = v128.add<f32>(c1, v128.load(from, 16));
      from = load<usize>(entry, ADDEND_OF + 12) + channelBytes;
      d0 = v128.add<f32>(d0, v128.load(from));
      if (!narrow) d1 = v128.add<f32>(d1, v128.load(from, 16));
    }
    const toA = load<usize>(entry, OUTPUT_OF) + channelBytes;
    const toB = load<usize>(entry, OUTPUT_OF + 4) + channelBytes;
    const toC = load<usize>(entry, OUTPUT_OF + 8) + channelBytes;
    const toD = load<usize>(entry, OUTPUT_OF + 12) + channelBytes;
    v128.store(toA, clamp(a0, low, high));
    v128.store(toB, clamp(b0, low, high));
    v128.store(toC, clamp(c0, low, high));
    v128.store(toD, clamp(d0, low, high));
    if (narrow) continue;
    v128.store(toA, clamp(a1, low, high), 16);
    v128.store(toB, clamp(b1, low, high), 16);
    v128.store(toC, clamp(c1, low, high), 16);
    v128.store(toD, clamp(d1, low, high), 16);
  }
}
