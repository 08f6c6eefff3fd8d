/** What an ordinary JPEG file makes of pixels, without writing the file: entropy coding loses nothing. */
import { forwardDct, inverseDct } from './jpeg-dct.ts';
import { doubled, halved, type Plane, pixelsOf, planesOf } from './jpeg-planes.ts';
import { standardTables } from './jpeg-tables.ts';
import type { PixelImage } from './pixels.ts';

/**
 * `image` saved as JPEG at `quality` (1..100) and read again: baseline, 4:2:0, the standard tables, accurate DCT, no
 * trellis; equal bit for bit to Pillow's `save(quality=..., subsampling=2)` over libjpeg-turbo. Alpha is ignored. mozjpeg
 * as @jsquash builds it cannot do this: its trellis quantisation, which moves coefficients on purpose, cannot be switched
 * off (at quality 75 a photograph differs from libjpeg's by 2.6 levels on average). Throws `RangeError` on other qualities.
 */
export function jpegRoundTrip(image: PixelImage, quality: number): PixelImage {
  const tables = standardTables(quality);
  const [luma, blueness, redness] = planesOf(image);
  return pixelsOf(
    quantised(luma, tables.luma),
    doubled(quantised(halved(blueness), tables.chroma), image),
    doubled(quantised(halved(redness), tables.chroma), image),
  );
}

/** The plane after DCT, quantisation by `table` and back; blocks over the border repeat the last samples. */
function quantised(plane: Plane, table: Int32Array): Plane {
  const { widthPx, heightPx } = plane;
  const samples = new Uint8ClampedArray(widthPx * heightPx);
  const block = new Int32Array(64);
  for (let top = 0; top < heightPx; top += 8) {
    for (let left = 0; left < widthPx; left += 8) {
      takeBlock(plane, { left, top }, block);
      forwardDct(block);
      for (let index = 0; index < 64; index++) {
        const step = table[index] ?? 1;
        block[index] = rounded(block[index] ?? 0, step * 8) * step;
      }
      inverseDct(block);
      const rows = Math.min(8, heightPx - top);
      const columns = Math.min(8, widthPx - left);
      for (let y = 0; y < rows; y++) {
        const start = (top + y) * widthPx + left;
        for (let x = 0; x < columns; x++) samples[start + x] = (block[y * 8 + x] ?? 0) + 128;
      }
    }
  }
  return { widthPx, heightPx, samples: new Uint8Array(samples.buffer) };
}

function takeBlock(
  { widthPx, heightPx, samples }: Plane,
  { left, top }: { left: number; top: number },
  block: Int32Array,
): void {
  for (let y = 0; y < 8; y++) {
    const start = Math.min(heightPx - 1, top + y) * widthPx;
    for (let x = 0; x < 8; x++) {
      block[y * 8 + x] = (samples[start + Math.min(widthPx - 1, left + x)] ?? 0) - 128;
    }
  }
}

/** Halves away from zero. */
function rounded(value: number, divisor: number): number {
  const size = ((value < 0 ? -value : value) + (divisor >> 1)) / divisor;
  return value < 0 ? -(size | 0) : size | 0;
}
