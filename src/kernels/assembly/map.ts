import {
  ADDEND,
  ADDEND_CELL_BYTES,
  ADDEND_ROW_BYTES,
  COLUMNS,
  DEPTH,
  FILLED,
  GAIN,
  HIGH,
  INPUT,
  INPUT_CELL_STEP,
  INPUT_ROW_STEP,
  LOW,
  OUTPUT,
  OUTPUT_CELL_BYTES,
  OUTPUT_ROW_BYTES,
  SHIFT,
} from '../descriptor';
import { clamp, multiplyAdd } from './arithmetic';

/** Rows `from` to `to` of clamp(input * gain + shift + addend): what could not be made part of another step. */
export function map(step: usize, from: i32, to: i32): void {
  const columns = load<i32>(step, COLUMNS);
  const plain = load<usize>(step, ADDEND) == 0;
  const cellBytes = load<i32>(step, DEPTH) << 2;
  const flat =
    plain && cellBytes == 12 && load<i32>(step, INPUT_CELL_STEP) == 12 && load<i32>(step, OUTPUT_CELL_BYTES) == 12;
  for (let row = from; row < to; row++) {
    let input = load<usize>(step, INPUT) + row * load<i32>(step, INPUT_ROW_STEP);
    let output = load<usize>(step, OUTPUT) + row * load<i32>(step, OUTPUT_ROW_BYTES);
    let addend = load<usize>(step, ADDEND) + row * load<i32>(step, ADDEND_ROW_BYTES);
    let column = 0;
    if (flat) {
      for (; column + 4 <= columns; column += 4) {
        mapFourCells(step, input, output);
        input += 48;
        output += 48;
      }
    }
    for (; column < columns; column++) {
      mapCell(step, input, plain ? 0 : addend, output);
      input += load<i32>(step, INPUT_CELL_STEP);
      output += load<i32>(step, OUTPUT_CELL_BYTES);
      addend += load<i32>(step, ADDEND_CELL_BYTES);
    }
  }
}

/** Four cells of three channels are three vectors; gains and shifts are stored four times for that. */
function mapFourCells(step: usize, input: usize, output: usize): void {
  const gain = load<usize>(step, GAIN);
  const shift = load<usize>(step, SHIFT);
  const low = v128.load_splat<f32>(step, LOW);
  const high = v128.load_splat<f32>(step, HIGH);
  for (let at: usize = 0; at < 48; at += 16) {
    const value = multiplyAdd(v128.load(input + at), v128.load(gain + at), v128.load(shift + at));
    v128.store(output + at, clamp(value, low, high));
  }
}

function mapCell(step: usize, input: usize, addend: usize, output: usize): void {
  const bytes: usize = load<i32>(step, DEPTH) << 2;
  const gain = load<usize>(step, GAIN);
  const shift = load<usize>(step, SHIFT);
  const low = load<f32>(step, LOW);
  const high = load<f32>(step, HIGH);
  let at: usize = 0;
  for (; at + 16 <= bytes; at += 16) {
    let value = multiplyAdd(v128.load(input + at), v128.load(gain + at), v128.load(shift + at));
    if (addend != 0) value = v128.add<f32>(value, v128.load(addend + at));
    v128.store(output + at, clamp(value, f32x4.splat(low), f32x4.splat(high)));
  }
  for (; at < bytes; at += 4) {
    let value = load<f32>(input + at) * load<f32>(gain + at) + load<f32>(shift + at);
    if (addend != 0) value += load<f32>(addend + at);
    store<f32>(output + at, min(max(value, low), high));
  }
  for (const filled: usize = load<i32>(step, FILLED) << 2; at < filled; at += 4) store<f32>(output + at, 0);
}
