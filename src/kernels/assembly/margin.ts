import { COLUMNS, MARGIN, MARGIN_ADDRESS, OUTPUT_CELL_BYTES, OUTPUT_ROW_BYTES, ROWS } from '../descriptor';

/** Sets the zeros around rows `from` to `to` of the result: buffers are shared, so another tensor may have lain here. */
export function clearMargin(step: usize, from: i32, to: i32): void {
  const margin = load<i32>(step, MARGIN);
  if (margin == 0) return;
  const start = load<usize>(step, MARGIN_ADDRESS);
  const rowBytes = load<i32>(step, OUTPUT_ROW_BYTES);
  const cellBytes = load<i32>(step, OUTPUT_CELL_BYTES);
  const rows = load<i32>(step, ROWS);
  const right = (margin + load<i32>(step, COLUMNS)) * cellBytes;
  for (let row = from; row < to; row++) {
    const line = start + (margin + row) * rowBytes;
    memory.fill(line, 0, margin * cellBytes);
    memory.fill(line + right, 0, margin * cellBytes);
  }
  if (from == 0) memory.fill(start, 0, margin * rowBytes);
  if (to == rows) memory.fill(start + (margin + rows) * rowBytes, 0, margin * rowBytes);
}
