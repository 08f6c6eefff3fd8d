/** Which parts of a picture's patch grid one forward pass computes each. */
import { patchesAlong, pixelsUnder, type ReceptiveField } from './geometry.ts';

/** Whether a big picture is looked at whole, or only an evenly spread sample of it. */
export type Effort = 'quick' | 'full';

/** A rectangle of the patch grid that one forward pass computes. */
export interface Tile {
  row: number;
  column: number;
  rows: number;
  columns: number;
}

export interface TilePlan {
  /** Patch grid of the whole picture. */
  rows: number;
  columns: number;
  tiles: Tile[];
  /** Share of the grid that the tiles cover. */
  coverage: number;
}

export interface PlanOptions {
  /** Longest side of a tile in pixels; at least one receptive field. */
  tilePx: number;
  /** Longest side of the smaller tiles of a sample: more places for the same work. */
  sampleTilePx: number;
  /** Pixels that effort `quick` looks at. */
  quickPixels: number;
  /** Patch grid of the whole picture, from `gridLength`; left out for a network that does not pad. */
  grid?: { rows: number; columns: number };
}

/**
 * Tiles of 512 px take 49 MiB of the WebAssembly kernels' memory for the starter (1024 px: 192 MiB, for 9 % less time a
 * patch), without tfjs's heap; where tfjs's own kernels run, its heap takes 250 MB (1.2 GB), and no heap shrinks. A sample
 * of 2.5 megapixels is some 40 places and a second or two of work, whatever the size of the picture.
 */
export const PLAN: PlanOptions = { tilePx: 512, sampleTilePx: 256, quickPixels: 2.5e6 };

/**
 * The tiles to compute for a picture of `widthPx * heightPx` (at least one receptive field each way). Effort
 * `quick` covers pictures up to `quickPixels` whole and larger ones by an even lattice of small tiles.
 */
export function planTiles(
  size: { widthPx: number; heightPx: number },
  field: ReceptiveField,
  effort: Effort,
  options: PlanOptions = PLAN,
): TilePlan {
  const { rows, columns } = options.grid ?? {
    rows: patchesAlong(size.heightPx, field),
    columns: patchesAlong(size.widthPx, field),
  };
  const sampled = effort === 'quick' && size.widthPx * size.heightPx > options.quickPixels;
  const tiles = sampled
    ? sampleTiles(rows, columns, field, options)
    : cross(wholeSpans(rows, options.tilePx, field), wholeSpans(columns, options.tilePx, field));
  const covered = tiles.reduce((sum, tile) => sum + tile.rows * tile.columns, 0);
  return { rows, columns, tiles, coverage: covered / (rows * columns) };
}

interface Span {
  start: number;
  length: number;
}

const cross = (rows: Span[], columns: Span[]): Tile[] =>
  rows.flatMap((row) =>
    columns.map((column) => ({
      row: row.start,
      column: column.start,
      rows: row.length,
      columns: column.length,
    })),
  );

/** As few spans as fit under `tilePx`, of nearly equal length: a thin last tile would be mostly overlap. */
function wholeSpans(patches: number, tilePx: number, field: ReceptiveField): Span[] {
  const count = Math.ceil(patches / Math.max(1, patchesAlong(tilePx, field)));
  return Array.from({ length: count }, (_, index) => {
    const start = Math.floor((index * patches) / count);
    return { start, length: Math.floor(((index + 1) * patches) / count) - start };
  });
}

function sampleTiles(rows: number, columns: number, field: ReceptiveField, options: PlanOptions): Tile[] {
  const side = Math.max(1, patchesAlong(options.sampleTilePx, field));
  const budget = Math.max(1, Math.floor(options.quickPixels / pixelsUnder(side, field) ** 2));
  const most = {
    down: Math.max(1, Math.floor(rows / side)),
    across: Math.max(1, Math.floor(columns / side)),
  };
  // A lattice with the picture's own proportions; a side that has no room for its share gives it to the other.
  const wished = Math.round(Math.sqrt((budget * rows) / columns));
  const across = clamp(Math.floor(budget / clamp(wished, 1, most.down)), 1, most.across);
  const down = clamp(Math.floor(budget / across), 1, most.down);
  return cross(spreadSpans(rows, down, side), spreadSpans(columns, across, side));
}

/** `count` spans of `side` patches, centred in equal shares of the side; they do not overlap. */
function spreadSpans(patches: number, count: number, side: number): Span[] {
  const length = Math.min(side, patches);
  return Array.from({ length: count }, (_, index) => ({
    start: Math.floor(((index + 0.5) * patches) / count - length / 2),
    length,
  }));
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
