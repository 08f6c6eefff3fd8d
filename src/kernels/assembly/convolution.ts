/** Convolution as a matrix product whose left side is read where it lies, block of cells by block of cells. */
import {
  ADDRESS_TABLE_BYTES,
  BIAS,
  BLOCK,
  COLUMNS,
  DEPTH,
  GATHERED,
  SEGMENTS,
  SEGMENT_LENGTH,
  TAPS,
  TAP_DEPTH,
  TAP_TABLE,
  WEIGHTS,
} from '../descriptor';
import { INPUT_OF, listCells } from './cells';
import { depthwiseTile } from './depthwise';
import { PANEL_BYTES, convolvePanel } from './tile';

/** Rows `from` to `to`: a block of cells stays in the nearest cache while all panels of weights pass by. */
export function convolve(step: usize, from: i32, to: i32, scratch: usize): void {
  const columns = load<i32>(step, COLUMNS);
  const block = load<i32>(step, BLOCK);
  const depth = load<i32>(step, DEPTH);
  const panelBytes = load<i32>(step, SEGMENTS) * load<i32>(step, SEGMENT_LENGTH) * PANEL_BYTES;
  const last = to * columns;
  for (let cell = from * columns; cell < last; cell += block) {
    const cells = listCells(step, scratch, cell, min(block, last - cell));
    if (load<i32>(step, GATHERED) != 0) gatherBlock(step, scratch, cells);
    else if (load<i32>(step, TAPS) != 0) depthwiseBlock(step, scratch, cells);
    let weights = load<usize>(step, WEIGHTS);
    let bias = load<usize>(step, BIAS);
    for (let vector = 0; vector < depth; vector += 2) {
      convolvePanel(step, scratch, cells, weights, bias, vector << 4, vector + 1 == depth);
      weights += panelBytes;
      bias += PANEL_BYTES;
    }
  }
}

/** The depthwise convolution of a block into scratch memory, which then takes the input's place. */
function depthwiseBlock(step: usize, table: usize, cells: i32): void {
  const cellBytes = load<i32>(step, TAP_DEPTH) << 4;
  let target = table + ADDRESS_TABLE_BYTES;
  for (let entry = table, end = table + (cells << 2); entry < end; entry += 16) {
    depthwiseTile(step, entry, target, cellBytes);
    for (let cell: usize = 0; cell < 16; cell += 4) {
      store<usize>(entry + cell, target, INPUT_OF);
      target += cellBytes;
    }
  }
}

/**
 * Copies the windows of a block into scratch memory, which then takes the input's place: the short runs of a picture's
 * three channels become one long one. Copies whole vectors; what is too much is overwritten by the next run.
 */
function gatherBlock(step: usize, table: usize, cells: i32): void {
  const runs = load<i32>(step, TAPS);
  const offsets = load<usize>(step, TAP_TABLE);
  const runBytes = load<i32>(step, GATHERED) << 2;
  const cellBytes = load<i32>(step, SEGMENT_LENGTH) << 2;
  let target = table + ADDRESS_TABLE_BYTES;
  for (let entry = table, end = table + (cells << 2); entry < end; entry += 4) {
    const input = load<usize>(entry, INPUT_OF);
    let to = target;
    for (let run = 0; run < runs; run++) {
      const from = input + load<usize>(offsets + (run << 2));
      for (let at = 0; at < runBytes; at += 16) v128.store(to + at, v128.load(from + at));
      to += runBytes;
    }
    // Whatever lies behind the last run must not become NaN, even though its weights are zeros.
    v128.store(to, f32x4.splat(0));
    store<usize>(entry, target, INPUT_OF);
    target += cellBytes;
  }
}
