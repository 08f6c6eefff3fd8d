/** Cuts a picture into overlapping tiles whose logits, put together, are the whole picture's logits exactly. */
import type { PixelImage } from '../image/pixels.ts';
import { patchesAlong, patchRange, pixelsUnder, type ReceptiveField } from './geometry.ts';
import type { LogitGrid, Network } from './network.ts';

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
 * Tiles of 512 px keep the WASM heap near 250 MB (1024 px: 1.2 GB, and it never shrinks). A sample of 2.5 megapixels
 * is some 40 places and a second or two of work, whatever the size of the picture.
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

/**
 * Logits of `plan` on `image`, row-major over the whole grid, NaN where no tile looked.
 * `field.stridePx` is the product of the network's strides and no layer depends on the picture's size (`isTileable`).
 * Rejects when the network does, or returns too few patches or a logit that is not finite.
 */
export async function scoreTiles(
  network: Network,
  image: PixelImage,
  field: ReceptiveField,
  plan: TilePlan,
): Promise<LogitGrid> {
  const logits = new Float32Array(plan.rows * plan.columns).fill(Number.NaN);
  for (const tile of plan.tiles) {
    const down = cutFor(tile.row, tile.rows, field, image.heightPx);
    const across = cutFor(tile.column, tile.columns, field, image.widthPx);
    const cut = {
      leftPx: across.startPx,
      topPx: down.startPx,
      widthPx: across.stopPx - across.startPx,
      heightPx: down.stopPx - down.startPx,
    };
    const result = await network.forward(cutRgb(image, cut), cut.heightPx, cut.widthPx);
    if (!result.logits.every(Number.isFinite)) throw new Error('network returned a logit that is not finite');
    if (result.rows < down.skip + tile.rows || result.columns < across.skip + tile.columns) {
      throw new Error(`network returned ${result.rows} x ${result.columns} for a larger tile`);
    }
    for (let row = 0; row < tile.rows; row++) {
      const start = (down.skip + row) * result.columns + across.skip;
      const line = result.logits.subarray(start, start + tile.columns);
      logits.set(line, (tile.row + row) * plan.columns + tile.column);
    }
  }
  return { rows: plan.rows, columns: plan.columns, logits };
}

/**
 * The pixels along one side that `patches` patches from `first` look at, and how many patches before them the network
 * returns on the way. The cut begins at a multiple of the stride, so that the cut's patches are the picture's; where it
 * ends inside the picture, its padding lies outside every patch that is kept.
 */
function cutFor(first: number, patches: number, field: ReceptiveField, lengthPx: number) {
  const { startPx } = patchRange(first, field, lengthPx);
  const { stopPx } = patchRange(first + patches - 1, field, lengthPx);
  const before = Math.floor(startPx / field.stridePx);
  return { startPx: before * field.stridePx, stopPx, skip: first - before };
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

/** Interleaved RGB 0..255 of a rectangle of `image`, as the network takes it. */
function cutRgb(
  image: PixelImage,
  cut: { leftPx: number; topPx: number; widthPx: number; heightPx: number },
): Float32Array {
  const rgb = new Float32Array(cut.widthPx * cut.heightPx * 3);
  let to = 0;
  for (let y = 0; y < cut.heightPx; y++) {
    let from = ((cut.topPx + y) * image.widthPx + cut.leftPx) * 4;
    for (let x = 0; x < cut.widthPx; x++, from += 4) {
      rgb[to++] = image.rgba[from] ?? 0;
      rgb[to++] = image.rgba[from + 1] ?? 0;
      rgb[to++] = image.rgba[from + 2] ?? 0;
    }
  }
  return rgb;
}
