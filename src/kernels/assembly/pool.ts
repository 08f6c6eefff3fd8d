/** Largest or average value under a window; windows are cut off at the borders, so that no padding is ever read. */
import {
  ADDEND,
  ADDEND_CELL_BYTES,
  ADDEND_ROW_BYTES,
  COLUMNS,
  DEPTH,
  HIGH,
  INPUT,
  INPUT_CELL_BYTES,
  INPUT_COLUMNS,
  INPUT_ROWS,
  INPUT_ROW_BYTES,
  LOW,
  OUTPUT,
  OUTPUT_CELL_BYTES,
  OUTPUT_ROW_BYTES,
  PADDING,
  SHARE,
  STRIDE,
  WINDOW,
} from '../descriptor';
import { clamp } from './arithmetic';

/** Rows `from` to `to`; the addend is added after pooling. */
export function pool(step: usize, from: i32, to: i32): void {
  const columns = load<i32>(step, COLUMNS);
  const stride = load<i32>(step, STRIDE);
  const padding = load<i32>(step, PADDING);
  const window = load<i32>(step, WINDOW);
  const rowBytes = load<i32>(step, INPUT_ROW_BYTES);
  const cellBytes = load<i32>(step, INPUT_CELL_BYTES);
  const inputRows = load<i32>(step, INPUT_ROWS);
  const inputColumns = load<i32>(step, INPUT_COLUMNS);
  for (let row = from; row < to; row++) {
    const top = max(0, row * stride - padding);
    const bottom = min(inputRows, row * stride - padding + window);
    let output = load<usize>(step, OUTPUT) + row * load<i32>(step, OUTPUT_ROW_BYTES);
    let addend = load<usize>(step, ADDEND);
    if (addend != 0) addend += row * load<i32>(step, ADDEND_ROW_BYTES);
    for (let column = 0; column < columns; column++) {
      const left = max(0, column * stride - padding);
      const right = min(inputColumns, column * stride - padding + window);
      const input = load<usize>(step, INPUT) + top * rowBytes + left * cellBytes;
      poolCell(step, input, bottom - top, right - left, output, addend);
      output += load<i32>(step, OUTPUT_CELL_BYTES);
      if (addend != 0) addend += load<i32>(step, ADDEND_CELL_BYTES);
    }
  }
}

function poolCell(step: usize, input: usize, high: i32, wide: i32, output: usize, addend: usize): void {
  const average = load<f32>(step, SHARE) != 0;
  if (high == 3 && wide == 3) {
    if (average) threeByThree(true, step, input, output, addend);
    else threeByThree(false, step, input, output, addend);
  } else if (average) anyWindow(true, step, input, high, wide, output, addend);
  else anyWindow(false, step, input, high, wide, output, addend);
}

// @ts-ignore: decorator
@inline
function merge(average: bool, a: v128, b: v128): v128 {
  return average ? v128.add<f32>(a, b) : v128.pmax<f32>(a, b);
}

// @ts-ignore: decorator
@inline
function finish(average: bool, step: usize, merged: v128, output: usize, addend: usize): void {
  let value = average ? v128.mul<f32>(merged, v128.load_splat<f32>(step, SHARE)) : merged;
  if (addend != 0) value = v128.add<f32>(value, v128.load(addend));
  v128.store(output, clamp(value, v128.load_splat<f32>(step, LOW), v128.load_splat<f32>(step, HIGH)));
}

// @ts-ignore: decorator
@inline
function threeByThree(average: bool, step: usize, input: usize, output: usize, addend: usize): void {
  const row = load<usize>(step, INPUT_ROW_BYTES);
  const cell = load<usize>(step, INPUT_CELL_BYTES);
  for (let end = output + (load<i32>(step, DEPTH) << 4); output < end; output += 16) {
    let at = input;
    let top = merge(average, merge(average, v128.load(at), v128.load(at + cell)), v128.load(at + 2 * cell));
    at += row;
    let middle = merge(average, merge(average, v128.load(at), v128.load(at + cell)), v128.load(at + 2 * cell));
    at += row;
    let bottom = merge(average, merge(average, v128.load(at), v128.load(at + cell)), v128.load(at + 2 * cell));
    finish(average, step, merge(average, merge(average, top, middle), bottom), output, addend);
    input += 16;
    if (addend != 0) addend += 16;
  }
}

// @ts-ignore: decorator
@inline
function anyWindow(
  average: bool,
  step: usize,
  input: usize,
  high: i32,
  wide: i32,
  output: usize,
  addend: usize,
): void {
  const rowBytes = load<i32>(step, INPUT_ROW_BYTES);
  const cellBytes = load<i32>(step, INPUT_CELL_BYTES);
  for (let end = output + (load<i32>(step, DEPTH) << 4); output < end; output += 16) {
    let merged = average ? f32x4.splat(0) : v128.load(input);
    for (let row = 0; row < high; row++) {
      let at = input + row * rowBytes;
      for (let column = 0; column < wide; column++) {
        merged = merge(average, merged, v128.load(at));
        at += cellBytes;
      }
    }
    finish(average, step, merged, output, addend);
    input += 16;
    if (addend != 0) addend += 16;
  }
}
