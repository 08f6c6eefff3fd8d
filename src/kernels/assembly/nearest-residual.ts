import {
  COLUMNS,
  DEPTH,
  FILLED,
  GAIN,
  INPUT,
  INPUT_CELL_STEP,
  INPUT_ROW_STEP,
  OUTPUT,
  OUTPUT_CELL_BYTES,
  OUTPUT_ROW_BYTES,
} from '../descriptor';

/** Rows `from` to `to` of: every cell minus the top left one of its 2 x 2 square, times the gain. */
export function nearestResidual(step: usize, from: i32, to: i32): void {
  const columns = load<i32>(step, COLUMNS);
  const bytes: usize = load<i32>(step, DEPTH) << 2;
  const filled: usize = load<i32>(step, FILLED) << 2;
  const factor = load<f32>(load<usize>(step, GAIN));
  const start = load<usize>(step, INPUT);
  const rowStep = load<i32>(step, INPUT_ROW_STEP);
  const cellStep = load<i32>(step, INPUT_CELL_STEP);
  for (let row = from; row < to; row++) {
    let output = load<usize>(step, OUTPUT) + row * load<i32>(step, OUTPUT_ROW_BYTES);
    for (let column = 0; column < columns; column++) {
      const cell = start + row * rowStep + column * cellStep;
      const corner = start + (row & ~1) * rowStep + (column & ~1) * cellStep;
      for (let at: usize = 0; at < bytes; at += 4) {
        store<f32>(output + at, (load<f32>(cell + at) - load<f32>(corner + at)) * factor);
      }
      for (let at = bytes; at < filled; at += 4) store<f32>(output + at, 0);
      output += load<i32>(step, OUTPUT_CELL_BYTES);
    }
  }
}
