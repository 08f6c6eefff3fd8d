/** EXIF orientation: browsers show pictures with it applied, so patches must lie on the turned picture. */
import type { PixelImage } from './pixels.ts';

/** Orientations that exchange width and height. */
export const isSideways = (orientation: number): boolean => orientation >= 5 && orientation <= 8;

/**
 * `image` as it is displayed under EXIF `orientation` (tag 0x0112, 1..8; anything else counts as 1): 2 mirrors left
 * to right, 3 turns by half, 4 mirrors top to bottom, 5 transposes, 6 turns clockwise, 7 transposes along the
 * other diagonal, 8 turns counter-clockwise. Orientation 1 returns `image` itself.
 */
export function orient(image: PixelImage, orientation: number): PixelImage {
  if (!(orientation >= 2 && orientation <= 8)) return image;
  const sideways = isSideways(orientation);
  const widthPx = sideways ? image.heightPx : image.widthPx;
  const heightPx = sideways ? image.widthPx : image.heightPx;
  // Moves within the stored pixels, counted in pixels: where the first displayed pixel lies, and one step to the
  // right and down as displayed.
  const right = image.widthPx - 1;
  const bottom = (image.heightPx - 1) * image.widthPx;
  const fromRight = orientation === 2 || orientation === 3 || orientation === 7 || orientation === 8;
  const fromBottom = orientation === 3 || orientation === 4 || orientation === 6 || orientation === 7;
  const start = (fromRight ? right : 0) + (fromBottom ? bottom : 0);
  const alongStoredRow = fromRight ? -1 : 1;
  const alongStoredColumn = fromBottom ? -image.widthPx : image.widthPx;
  const stepRight = sideways ? alongStoredColumn : alongStoredRow;
  const stepDown = sideways ? alongStoredRow : alongStoredColumn;

  const from = wordsOf(image.rgba);
  const to = new Uint32Array(from.length);
  let index = 0;
  for (let y = 0; y < heightPx; y++) {
    let source = start + y * stepDown;
    for (let x = 0; x < widthPx; x++, source += stepRight) to[index++] = from[source] ?? 0;
  }
  return { widthPx, heightPx, rgba: new Uint8Array(to.buffer) };
}

/** One 32-bit word a pixel; copies only when the bytes are not aligned. */
function wordsOf(rgba: PixelImage['rgba']): Uint32Array {
  if (rgba.byteOffset % 4 === 0) return new Uint32Array(rgba.buffer, rgba.byteOffset, rgba.length / 4);
  return new Uint32Array(Uint8Array.from(rgba).buffer);
}
