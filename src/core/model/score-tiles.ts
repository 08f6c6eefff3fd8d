/** Puts the logits of overlapping tiles together to the whole picture's logits, exactly. */
import type { PixelRectangle, PixelSize } from '../image/crop.ts';
import type { PixelImage } from '../image/pixels.ts';
import { patchRange, type ReceptiveField } from './geometry.ts';
import type { LogitGrid, Network } from './network.ts';
import type { Tile, TilePlan } from './tiles.ts';

/** Pixels of a batch at most: as much memory as two whole tiles take. */
const BATCH_PIXELS = 2 * 512 ** 2;

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
  const batches = batchesOf(
    plan.tiles.map((tile) => cutFor(tile, field, image)),
    network.forwardBatch !== undefined,
  );
  for (const batch of batches) {
    const [size] = batch;
    if (size === undefined) continue;
    const pictures = batch.map((cut) => cutRgb(image, cut));
    const grids = await forwardAll(network, pictures, size);
    for (const [index, cut] of batch.entries()) place(grids[index], cut, { logits, columns: plan.columns });
  }
  return { rows: plan.rows, columns: plan.columns, logits };
}

/** What a tile's patches look at, and how many patches before them the network returns on the way. */
interface Cut extends PixelRectangle {
  tile: Tile;
  skip: { rows: number; columns: number };
}

/** Cuts of one size that go through the network together, no more than a batch may hold; without `together` each alone. */
function batchesOf(cuts: readonly Cut[], together: boolean): Cut[][] {
  if (!together) return cuts.map((cut) => [cut]);
  const open = new Map<string, Cut[]>();
  const batches: Cut[][] = [];
  for (const cut of cuts) {
    const size = `${cut.widthPx} x ${cut.heightPx}`;
    const batch = open.get(size);
    if (batch !== undefined && (batch.length + 1) * cut.widthPx * cut.heightPx <= BATCH_PIXELS) {
      batch.push(cut);
      continue;
    }
    const fresh = [cut];
    open.set(size, fresh);
    batches.push(fresh);
  }
  return batches;
}

/** The grids of `pictures`, in their order. */
async function forwardAll(
  network: Network,
  pictures: readonly Float32Array[],
  { heightPx, widthPx }: PixelSize,
): Promise<LogitGrid[]> {
  if (network.forwardBatch !== undefined && pictures.length > 1) {
    return network.forwardBatch(pictures, heightPx, widthPx);
  }
  const grids: LogitGrid[] = [];
  for (const picture of pictures) grids.push(await network.forward(picture, heightPx, widthPx));
  return grids;
}

/** Copies a tile's patches to their place in the whole grid. */
function place(
  grid: LogitGrid | undefined,
  { tile, skip }: Cut,
  whole: { logits: Float32Array; columns: number },
): void {
  if (grid === undefined) throw new Error('network returned fewer grids than pictures');
  if (!grid.logits.every(Number.isFinite)) throw new Error('network returned a logit that is not finite');
  if (grid.rows < skip.rows + tile.rows || grid.columns < skip.columns + tile.columns) {
    throw new Error(`network returned ${grid.rows} x ${grid.columns} for a larger tile`);
  }
  for (let row = 0; row < tile.rows; row++) {
    const start = (skip.rows + row) * grid.columns + skip.columns;
    const line = grid.logits.subarray(start, start + tile.columns);
    whole.logits.set(line, (tile.row + row) * whole.columns + tile.column);
  }
}

/** The rectangle that `tile` looks at, from a cell of the network's stride on. */
function cutFor(tile: Tile, field: ReceptiveField, image: PixelSize): Cut {
  const down = stretchFor(tile.row, tile.rows, field, image.heightPx);
  const across = stretchFor(tile.column, tile.columns, field, image.widthPx);
  return {
    tile,
    leftPx: across.startPx,
    topPx: down.startPx,
    widthPx: across.stopPx - across.startPx,
    heightPx: down.stopPx - down.startPx,
    skip: { rows: down.skip, columns: across.skip },
  };
}

/**
 * The pixels along one side that `patches` patches from `first` look at, and how many patches before them the network
 * returns on the way. The cut begins at a multiple of the stride, so that the cut's patches are the picture's; where it
 * ends inside the picture, its padding lies outside every patch that is kept.
 */
function stretchFor(first: number, patches: number, field: ReceptiveField, lengthPx: number) {
  const { startPx } = patchRange(first, field, lengthPx);
  const { stopPx } = patchRange(first + patches - 1, field, lengthPx);
  const before = Math.floor(startPx / field.stridePx);
  return { startPx: before * field.stridePx, stopPx, skip: first - before };
}

/** Interleaved RGB 0..255 of a rectangle of `image`, as the network takes it. */
function cutRgb(image: PixelImage, cut: PixelRectangle): Float32Array {
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
