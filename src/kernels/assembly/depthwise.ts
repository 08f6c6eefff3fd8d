/** Depthwise convolution: one kernel a channel, four channels at a time. */
import {
  ADDRESS_TABLE_BYTES,
  BLOCK,
  COLUMNS,
  DEPTH,
  HIGH,
  LOW,
  TAPS,
  TAP_BIAS,
  TAP_CELL_BYTES,
  TAP_DEPTH,
  TAP_RELU,
  TAP_TABLE,
  TAP_WEIGHTS,
} from '../descriptor';
import { clamp, multiplyAdd, positive } from './arithmetic';
import { INPUT_OF, OUTPUT_OF, listCells } from './cells';

/** Rows `from` to `to` of a depthwise convolution that stands alone. */
export function depthwise(step: usize, from: i32, to: i32, scratch: usize): void {
  const columns = load<i32>(step, COLUMNS);
  const block = load<i32>(step, BLOCK);
  const cellBytes = load<i32>(step, DEPTH) << 4;
  const buffer = scratch + ADDRESS_TABLE_BYTES;
  const last = to * columns;
  for (let cell = from * columns; cell < last; cell += block) {
    const cells = listCells(step, scratch, cell, min(block, last - cell));
    for (let entry = scratch, end = scratch + (cells << 2); entry < end; entry += 16) {
      depthwiseTile(step, entry, buffer, cellBytes);
      for (let index: usize = 0; index < 4; index++) {
        clampCell(step, buffer + index * cellBytes, load<usize>(entry + (index << 2), OUTPUT_OF), cellBytes);
      }
    }
  }
}

function clampCell(step: usize, from: usize, to: usize, bytes: usize): void {
  const low = v128.load_splat<f32>(step, LOW);
  const high = v128.load_splat<f32>(step, HIGH);
  for (let offset: usize = 0; offset < bytes; offset += 16) {
    v128.store(to + offset, clamp(v128.load(from + offset), low, high));
  }
}

/** The four cells listed at `entry`, all channels, to `target` and the three cells after it. */
export function depthwiseTile(step: usize, entry: usize, target: usize, cellBytes: usize): void {
  const tapCell = load<i32>(step, TAP_CELL_BYTES);
  const first = load<usize>(entry, INPUT_OF);
  const neighbours =
    tapCell != 0 &&
    load<usize>(entry, INPUT_OF + 4) - first == tapCell &&
    load<usize>(entry, INPUT_OF + 12) - first == 3 * tapCell;
  const relu = load<i32>(step, TAP_RELU) != 0;
  if (neighbours) {
    if (relu) fourCells(true, step, first, target, cellBytes, tapCell);
    else fourCells(false, step, first, target, cellBytes, tapCell);
    return;
  }
  for (let cell: usize = 0; cell < 4; cell++) {
    const input = load<usize>(entry + (cell << 2), INPUT_OF);
    if (relu) oneCell(true, step, input, target + cell * cellBytes);
    else oneCell(false, step, input, target + cell * cellBytes);
  }
}

// @ts-ignore: decorator
@inline
function taken(relu: bool, address: usize): v128 {
  const value = v128.load(address);
  return relu ? positive(value) : value;
}

// @ts-ignore: decorator
@inline
function oneCell(relu: bool, step: usize, input: usize, target: usize): void {
  const taps = load<i32>(step, TAPS);
  const depth = load<i32>(step, TAP_DEPTH);
  const offsets = load<usize>(step, TAP_TABLE);
  let weights = load<usize>(step, TAP_WEIGHTS);
  let bias = load<usize>(step, TAP_BIAS);
  for (let vector = 0; vector < depth; vector++) {
    let sum = v128.load(bias);
    for (let tap = 0; tap < taps; tap++) {
      sum = multiplyAdd(taken(relu, input + load<usize>(offsets + (tap << 2))), v128.load(weights), sum);
      weights += 16;
    }
    v128.store(target, sum);
    input += 16;
    target += 16;
    bias += 16;
  }
}

/** A dense 3x3 kernel over four neighbours: every input is loaded once for up to three of them. */
// @ts-ignore: decorator
@inline
function fourCells(relu: bool, step: usize, input: usize, target: usize, cellBytes: usize, next: usize): void {
  const depth = load<i32>(step, TAP_DEPTH);
  const offsets = load<usize>(step, TAP_TABLE);
  const second = load<usize>(offsets, 12);
  const third = load<usize>(offsets, 24);
  let weights = load<usize>(step, TAP_WEIGHTS);
  let bias = load<usize>(step, TAP_BIAS);
  for (let vector = 0; vector < depth; vector++) {
    let a = v128.load(bias), b = a, c = a, d = a;
    let x: v128, w0: v128, w1: v128, w2: v128;
    let at = input;
    w0 = v128.load(weights); w1 = v128.load(weights, 16); w2 = v128.load(weights, 32);
    x = taken(relu, at); at += next; a = multiplyAdd(x, w0, a);
    x = taken(relu, at); at += next; a = multiplyAdd(x, w1, a); b = multiplyAdd(x, w0, b);
    x = taken(relu, at); at += next; a = multiplyAdd(x, w2, a); b = multiplyAdd(x, w1, b); c = multiplyAdd(x, w0, c);
    x = taken(relu, at); at += next; b = multiplyAdd(x, w2, b); c = multiplyAdd(x, w1, c); d = multiplyAdd(x, w0, d);
    x = taken(relu, at); at += next; c = multiplyAdd(x, w2, c); d = multiplyAdd(x, w1, d);
    x = taken(relu, at); d = multiplyAdd(x, w2, d);
    at = input + second;
    w0 = v128.load(weights, 48); w1 = v128.load(weights, 64); w2 = v128.load(weights, 80);
    x = taken(relu, at); at += next; a = multiplyAdd(x, w0, a);
    x = taken(relu, at); at += next; a = multiplyAdd(x, w1, a); b = multiplyAdd(x, w0, b);
    x = taken(relu, at); at += next; a = multiplyAdd(x, w2, a); b = multiplyAdd(x, w1, b); c = multiplyAdd(x, w0, c);
    x = taken(relu, at); at += next; b = multiplyAdd(x, w2, b); c = multiplyAdd(x, w1, c); d = multiplyAdd(x, w0, d);
    x = taken(relu, at); at += next; c = multiplyAdd(x, w2, c); d = multiplyAdd(x, w1, d);
    x = taken(relu, at); d = multiplyAdd(x, w2, d);
    at = input + third;
    w0 = v128.load(weights, 96); w1 = v128.load(weights, 112); w2 = v128.load(weights, 128);
    x = taken(relu, at); at += next; a = multiplyAdd(x, w0, a);
    x = taken(relu, at); at += next; a = multiplyAdd(x, w1, a); b = multiplyAdd(x, w0, b);
    x = taken(relu, at); at += next; a = multiplyAdd(x, w2, a); b = multiplyAdd(x, w1, b); c = multiplyAdd(x, w0, c);
    x = taken(relu, at); at += next; b = multiplyAdd(x, w2, b); c = multiplyAdd(x, w1, c); d = multiplyAdd(x, w0, d);
    x = taken(relu, at); at += next; c = multiplyAdd(x, w2, c); d = multiplyAdd(x, w1, d);
    x = taken(relu, at); d = multiplyAdd(x, w2, d);
    v128.store(target, a);
    v128.store(target + cellBytes, b);
    v128.store(target + 2 * cellBytes, c);
    v128.store(target + 3 * cellBytes, d);
    weights += 144;
    bias += 16;
    input += 16;
    target += 16;
  }
}
