/** Fills, gradients and simple charts hold no traces of how they were made: a score of them would measure nothing. */
import type { PixelImage } from '../image/pixels.ts';

const BLOCK_PX = 8;
/** Blocks examined at most, evenly spread: enough for a share within a fraction of a per cent. */
const MAX_BLOCKS = 2 ** 16;

/**
 * Share 0..1 of 8 x 8 px blocks of `image` whose luma (ITU-R BT.601, 0..255) spans more than `flatSpread` levels.
 * Whole blocks only; 0 for a picture smaller than one.
 */
export function texturedShare(image: PixelImage, flatSpread: number): number {
  const columns = Math.floor(image.widthPx / BLOCK_PX);
  const rows = Math.floor(image.heightPx / BLOCK_PX);
  const blocks = rows * columns;
  if (blocks === 0) return 0;
  const examined = Math.min(blocks, MAX_BLOCKS);
  let textured = 0;
  for (let index = 0; index < examined; index++) {
    const block = Math.floor((index * blocks) / examined);
    const left = (block % columns) * BLOCK_PX;
    const top = Math.floor(block / columns) * BLOCK_PX;
    if (lumaSpread(image, left, top) > flatSpread) textured += 1;
  }
  return textured / examined;
}

function lumaSpread({ rgba, widthPx }: PixelImage, left: number, top: number): number {
  let darkest = Number.POSITIVE_INFINITY;
  let lightest = Number.NEGATIVE_INFINITY;
  for (let y = top; y < top + BLOCK_PX; y++) {
    let index = (y * widthPx + left) * 4;
    for (let x = 0; x < BLOCK_PX; x++, index += 4) {
      // In thousandths: with fractions, grey 93 - grey 90 comes out above 3.
      const luma = 299 * (rgba[index] ?? 0) + 587 * (rgba[index + 1] ?? 0) + 114 * (rgba[index + 2] ?? 0);
      if (luma < darkest) darkest = luma;
      if (luma > lightest) lightest = luma;
    }
  }
  return (lightest - darkest) / 1000;
}
