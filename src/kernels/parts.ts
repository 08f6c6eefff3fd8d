/** How the rows of a step are shared out among threads. */

/** Rows `from` up to but not including `to`. */
export interface Part {
  from: number;
  to: number;
}

/** For every thread: whoever is late or slow leaves parts to the others. */
const PARTS_PER_THREAD = 4;
/** Tiles of `WINOGRAD` begin at multiples of this; the last ones overlap others, and must do so within a part. */
const TILE_ROWS = 4;

/** Of a part: smaller ones would read the weights for less than a block of cells. */
const FEWEST_CELLS = 32;

export interface CutOptions {
  columns: number;
  threads: number;
  inTiles: boolean;
}

/** All rows, in order, in parts whose results do not depend on where the cuts are; one part for one thread. */
export function cutRows(rows: number, { columns, threads, inTiles }: CutOptions): Part[] {
  const unit = inTiles ? TILE_ROWS : 1;
  const units = Math.floor(rows / unit);
  const worthwhile = Math.min(units, threads * PARTS_PER_THREAD, Math.floor((rows * columns) / FEWEST_CELLS));
  const count = threads === 1 ? 1 : Math.max(1, worthwhile);
  const cut = (index: number) => Math.floor((units * index) / count) * unit;
  return Array.from({ length: count }, (_, index) => ({
    from: cut(index),
    to: index + 1 === count ? rows : cut(index + 1),
  }));
}
