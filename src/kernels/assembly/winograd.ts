/**
 * 3x3 convolution at stride 1 by Winograd's minimal filtering F(4x4, 3x3): 36 products instead of 144 for 16 outputs
 * (Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016, section 4.2, whose matrices these are).
 */
import {
  ADDEND,
  ADDEND_CELL_BYTES,
  ADDEND_ROW_BYTES,
  ADDRESS_TABLE_BYTES,
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
  SEGMENTS,
  SEGMENT_LENGTH,
  SEGMENT_TABLE,
  STEP_BYTES,
  TAP_DEPTH,
  WEIGHTS,
} from '../descriptor';
import { clamp, multiplyAdd } from './arithmetic';
import { INPUT_OF, OUTPUT_OF } from './cells';
import { PANEL_BYTES, convolvePanel } from './tile';

/** Cells of a transformed tile. */
const POINTS: i32 = 36;
/** A transformed tile of one vector, at the start of the scratch memory; two steps' words and a table follow. */
const SQUARE_BYTES: i32 = 36 * 16;
/** Keeps the 36 planes out of the same cache set. */
const PLANE_GAP: i32 = 64;

/** Rows `from` to `to`, of which there are at least four, as there are columns; tiles at the end overlap others. */
export function winograd(step: usize, from: i32, to: i32, scratch: usize): void {
  const columns = load<i32>(step, COLUMNS);
  const block = load<i32>(step, BLOCK);
  const outputBytes = ((load<i32>(step, DEPTH) + 1) >> 1) * PANEL_BYTES;
  const product = scratch + SQUARE_BYTES;
  const table = product + 2 * STEP_BYTES;
  const inputs = table + ADDRESS_TABLE_BYTES;
  const inputBytes = load<i32>(step, TAP_DEPTH) << 4;
  const inputPlane = block * inputBytes + PLANE_GAP;
  const outputs = inputs + POINTS * inputPlane;
  const outputPlane = block * outputBytes + PLANE_GAP;
  describeProduct(product, inputBytes);
  for (let tile = 0; tile < block; tile++) {
    store<usize>(table + (tile << 2), inputs + tile * inputBytes, INPUT_OF);
    store<usize>(table + (tile << 2), outputs + tile * outputBytes, OUTPUT_OF);
  }
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
      store<i32>(product, point * inputPlane, POINT_OFFSET);
      const panel = point * outputPlane;
      for (let channel = 0; channel < outputBytes; channel += PANEL_BYTES) {
        convolvePanel(product, table, (count + 3) & ~3, weights, product + NO_BIAS, panel + channel, false);
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

/** Behind the words of the step that multiplies the planes: where a point's plane begins, and a panel of zeros. */
const POINT_OFFSET: usize = STEP_BYTES;
const NO_BIAS: usize = STEP_BYTES + 32;

/** The planes' products as a step for `convolvePanel`: one run of a tile's channels, nothing added, no bounds. */
function describeProduct(product: usize, inputBytes: i32): void {
  memory.fill(product, 0, 2 * STEP_BYTES);
  store<i32>(product, 1, SEGMENTS);
  store<usize>(product, product + POINT_OFFSET, SEGMENT_TABLE);
  store<i32>(product, inputBytes >> 2, SEGMENT_LENGTH);
  store<f32>(product, -f32.MAX_VALUE, LOW);
  store<f32>(product, f32.MAX_VALUE, HIGH);
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
    for (let line: usize = 0; line < 6 * 96; line += 96) {
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
