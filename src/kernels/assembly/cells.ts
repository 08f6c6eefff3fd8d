/** Addresses of the cells of a block: rows may end inside it, so that only a step's last tile is not full. */
import {
  ADDEND,
  ADDEND_CELL_BYTES,
  ADDEND_ROW_BYTES,
  COLUMNS,
  INPUT,
  INPUT_CELL_STEP,
  INPUT_ROW_STEP,
  LARGEST_BLOCK,
  OUTPUT,
  OUTPUT_CELL_BYTES,
  OUTPUT_ROW_BYTES,
} from '../descriptor';

/** Byte offsets of the three columns of a table: window in the input, result, addend. */
export const INPUT_OF: usize = 0;
export const OUTPUT_OF: usize = 4 * LARGEST_BLOCK;
export const ADDEND_OF: usize = 8 * LARGEST_BLOCK;

/**
 * Writes the addresses of `count` cells from `cell` on (row-major), and repeats the last until there is a multiple of
 * four, which it returns: computing a cell twice does no harm.
 */
export function listCells(step: usize, table: usize, cell: i32, count: i32): i32 {
  const columns = load<i32>(step, COLUMNS);
  const inputStep = load<i32>(step, INPUT_CELL_STEP);
  const outputStep = load<i32>(step, OUTPUT_CELL_BYTES);
  const addendStep = load<i32>(step, ADDEND_CELL_BYTES);
  let row = cell / columns;
  let column = cell - row * columns;
  let input = load<usize>(step, INPUT) + row * load<i32>(step, INPUT_ROW_STEP) + column * inputStep;
  let output = load<usize>(step, OUTPUT) + row * load<i32>(step, OUTPUT_ROW_BYTES) + column * outputStep;
  let addend = load<usize>(step, ADDEND) + row * load<i32>(step, ADDEND_ROW_BYTES) + column * addendStep;
  const padded = (count + 3) & ~3;
  let entry = table;
  for (let index = 0; index < padded; index++) {
    store<usize>(entry, input, INPUT_OF);
    store<usize>(entry, output, OUTPUT_OF);
    store<usize>(entry, addend, ADDEND_OF);
    entry += 4;
    if (index >= count - 1) continue;
    column++;
    if (column < columns) {
      input += inputStep;
      output += outputStep;
      addend += addendStep;
    } else {
      column = 0;
      row++;
      input = load<usize>(step, INPUT) + row * load<i32>(step, INPUT_ROW_STEP);
      output = load<usize>(step, OUTPUT) + row * load<i32>(step, OUTPUT_ROW_BYTES);
      addend = load<usize>(step, ADDEND) + row * load<i32>(step, ADDEND_ROW_BYTES);
    }
  }
  return padded;
}
