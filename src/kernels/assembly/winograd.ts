/**
 * 3x3 convolution at stride 1 by Winograd's minimal filtering F(4x4, 3x3): 36 products instead of 144 for 16 outputs
 * (Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016, section 4.2, whose matrices these are).
 */
import {
  ADDEND,
  ADDEND_CELL_BYTES,
  ADDEND_ROW_BYTES,
  BIAS,
  BLOCK,
  COLUMNS,
  DEPTH,
  HIGH,
  INPUT,
  INPUT_CELL_STEP,
  INPUT_ROW_STEP,
  LOW,
  OUTPUT,
  OUTPUT_CELL_BYTES,
  OUTPUT_ROW_BYTES,
  TAP_DEPTH,
  WEIGHTS,
} from '../descriptor';
import { clamp, multiplyAdd } from './arithmetic';
import { PANEL_BYTES } from './tile';

/** Cells of a transformed tile. */
const POINTS: i32 = 36;
/** Half a transformed tile of one vector. */
const SQUARE_BYTES: usize = 36 * 16;
/** Keeps the 36 planes out of the same cache set. */
const PLANE_GAP: i32 = 64;

/** Rows `from` to `to`, of which there are at least four, as there are columns; tiles at the end overlap others. */
export function winograd(step: usize, from: i32, to: i32, scratch: usize): void {
  const columns = load<i32>(step, COLUMNS);
  const block = load<i32>(step, BLOCK);
  const panels = (load<i32>(step, DEPTH) + 1) >> 1;
  const inputBytes = load<i32>(step, TAP_DEPTH) << 4;
  const outputBytes = panels * PANEL_BYTES;
  const inputPlane = block * inputBytes + PLANE_GAP;
  const outputPlane = block * outputBytes + PLANE_GAP;
  const inputs = scratch + SQUARE_BYTES;
  const outputs = inputs + POINTS * inputPlane;
  const across = (columns + 3) >> 2;
  const tiles = ((to - from + 3) >> 2) * across;
  for (let first = 0; first < tiles; first += block) {
    const count = min(block, tiles - first);
    for (let tile = 0; tile < count; tile++) {
      const down = (first + tile) / across;
      const row = min(from + (down << 2), to - 4);
      const column = min((first + tile - down * across) << 2, columns - 4);
      const input =
        load<usize>(step, INPUT) + row * load<i32>(step, INPUT_ROW_STEP) + column * load<i32>(step, INPUT_CELL_STEP);
      transformInput(step, input, scratch, inputs + tile * inputBytes, inputPlane);
    }
    let weights = load<usize>(step, WEIGHTS);
    for (let point = 0; point < POINTS; point++) {
      const left = inputs + point * inputPlane;
      for (let panel = 0; panel < panels; panel++) {
        multiplyPanel(left, weights, outputs + point * outputPlane + panel * PANEL_BYTES, count, inputBytes, outputBytes);
        weights += inputBytes << 3;
      }
    }
    for (let tile = 0; tile < count; tile++) {
      const down = (first + tile) / across;
      const row = min(from + (down << 2), to - 4);
      const column = min((first + tile - down * across) << 2, columns - 4);
      transformOutput(step, outputs + tile * outputBytes, outputPlane, scratch, row, column);
    }
  }
}

/** Rows of 4 by 8 outputs: the tile of `tile.ts` where everything lies side by side. */
function multiplyPanel(
  left: usize,
  weights: usize,
  target: usize,
  count: i32,
  rowBytes: i32,
  targetBytes: i32,
): void {
  for (let row = 0; row < count; row += 4) {
    let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
    let w = weights;
    let a = left, b = a + rowBytes, c = b + rowBytes, d = c + rowBytes;
    const end = b;
    left = d + rowBytes;
    while (a < end) {
      if (ASC_FEATURE_RELAXED_SIMD) {
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
      } else {
        const w0 = v128.load(w), w1 = v128.load(w, 16);
        let x = v128.load_splat<f32>(a);
        a0 = multiplyAdd(x, w0, a0); a1 = multiplyAdd(x, w1, a1); x = v128.load_splat<f32>(b);
        b0 = multiplyAdd(x, w0, b0); b1 = multiplyAdd(x, w1, b1); x = v128.load_splat<f32>(c);
        c0 = multiplyAdd(x, w0, c0); c1 = multiplyAdd(x, w1, c1); x = v128.load_splat<f32>(d);
        d0 = multiplyAdd(x, w0, d0); d1 = multiplyAdd(x, w1, d1);
        a += 4; b += 4; c += 4; d += 4; w += PANEL_BYTES;
      }
    }
    v128.store(target, a0);
    v128.store(target, a1, 16);
    target += targetBytes;
    v128.store(target, b0);
    v128.store(target, b1, 16);
    target += targetBytes;
    v128.store(target, c0);
    v128.store(target, c1, 16);
    target += targetBytes;
    v128.store(target, d0);
    v128.store(target, d1, 16);
    target += targetBytes;
  }
}

/** All vectors of the 6 x 6 cells at `input`, one plane of `target` for every point. */
function transformInput(step: usize, input: usize, square: usize, target: usize, plane: usize): void {
  const depth = load<i32>(step, TAP_DEPTH);
  const row = load<usize>(step, INPUT_ROW_STEP);
  const cell = load<usize>(step, INPUT_CELL_STEP);
  for (let vector = 0; vector < depth; vector++) {
    let from = input;
    for (let column: usize = 0; column < 96; column += 16) {
      inputLine(from, row, square + column, 96);
      from += cell;
    }
    let to = target;
    for (let line: usize = 0; line < SQUARE_BYTES; line += 96) {
      inputLine(square + line, 16, to, plane);
      to += 6 * plane;
    }
    input += 16;
    target += 16;
  }
}

/** Six values through the matrix B^T. */
// @ts-ignore: decorator
@inline
function inputLine(from: usize, stride: usize, to: usize, targetStride: usize): void {
  const x0 = v128.load(from);
  from += stride;
  const x1 = v128.load(from);
  from += stride;
  const x2 = v128.load(from);
  from += stride;
  const x3 = v128.load(from);
  from += stride;
  const x4 = v128.load(from);
  from += stride;
  const x5 = v128.load(from);
  v128.store(to, multiplyAdd(f32x4.splat(4), x0, multiplyAdd(f32x4.splat(-5), x2, x4)));
  to += targetStride;
  const even = multiplyAdd(f32x4.splat(-4), x2, x4);
  const odd = multiplyAdd(f32x4.splat(-4), x1, x3);
  v128.store(to, v128.add<f32>(even, odd));
  to += targetStride;
  v128.store(to, v128.sub<f32>(even, odd));
  to += targetStride;
  const outer = v128.sub<f32>(x4, x2);
  const inner = v128.sub<f32>(x3, x1);
  v128.store(to, multiplyAdd(f32x4.splat(2), inner, outer));
  to += targetStride;
  v128.store(to, multiplyAdd(f32x4.splat(-2), inner, outer));
  to += targetStride;
  v128.store(to, multiplyAdd(f32x4.splat(4), x1, multiplyAdd(f32x4.splat(-5), x3, x5)));
}

/** The 4 x 4 cells at `row`, `column` of the result, from the planes of products at `from`. */
function transformOutput(step: usize, from: usize, plane: usize, square: usize, row: usize, column: usize): void {
  const depth = load<i32>(step, DEPTH);
  const rowBytes = load<usize>(step, OUTPUT_ROW_BYTES);
  const cellBytes = load<usize>(step, OUTPUT_CELL_BYTES);
  const low = v128.load_splat<f32>(step, LOW);
  const high = v128.load_splat<f32>(step, HIGH);
  let output = load<usize>(step, OUTPUT) + row * rowBytes + column * cellBytes;
  let addend = load<usize>(step, ADDEND);
  const addendRow = load<usize>(step, ADDEND_ROW_BYTES);
  const addendCell = load<usize>(step, ADDEND_CELL_BYTES);
  if (addend != 0) addend += row * addendRow + column * addendCell;
  let bias = load<usize>(step, BIAS);
  for (let vector = 0; vector < depth; vector++) {
    let source = from;
    for (let line: usize = 0; line < 96; line += 16) {
      outputLine(source, 6 * plane, square + line, 96, f32x4.splat(0));
      source += plane;
    }
    const offset = v128.load(bias);
    for (let line: usize = 0; line < 4; line++) {
      const square4 = square + line * 96;
      outputLine(square4, 16, square4, 16, offset);
      let to = output + line * rowBytes;
      let more: usize = addend == 0 ? 0 : addend + line * addendRow;
      for (let cell: usize = 0; cell < 64; cell += 16) {
        let value = v128.load(square4 + cell);
        if (more != 0) {
          value = v128.add<f32>(value, v128.load(more));
          more += addendCell;
        }
        v128.store(to, clamp(value, low, high));
        to += cellBytes;
      }
    }
    from += 16;
    output += 16;
    bias += 16;
    if (addend != 0) addend += 16;
  }
}

/** Six values through the matrix A^T, and `offset` on top. */
// @ts-ignore: decorator
@inline
function outputLine(from: usize, stride: usize, to: usize, targetStride: usize, offset: v128): void {
  const x0 = v128.add<f32>(v128.load(from), offset);
  from += stride;
  let x1 = v128.load(from);
  from += stride;
  let x2 = v128.load(from);
  from += stride;
  let x3 = v128.load(from);
  from += stride;
  let x4 = v128.load(from);
  from += stride;
  const x5 = v128.add<f32>(v128.load(from), offset);
  const sum1 = v128.add<f32>(x1, x2);
  const difference1 = v128.sub<f32>(x1, x2);
  const sum2 = v128.add<f32>(x3, x4);
  const difference2 = v128.sub<f32>(x3, x4);
  v128.store(to, v128.add<f32>(v128.add<f32>(x0, sum1), sum2));
  to += targetStride;
  v128.store(to, v128.add<f32>(multiplyAdd(f32x4.splat(2), difference2, difference1), offset));
  to += targetStride;
  v128.store(to, v128.add<f32>(multiplyAdd(f32x4.splat(4), sum2, sum1), offset));
  to += targetStride;
  v128.store(to, v128.add<f32>(multiplyAdd(f32x4.splat(8), difference2, difference1), x5));
}
