/** A small picture to recognise a big one by. */
import type { PixelImage } from './pixels.ts';

/** Samples per side and target pixel: averages enough against moiré, whatever the size of the picture. */
const SAMPLES = 4;

/**
 * `image` shrunk to fit `maxSidePx`, each pixel the mean of up to 16 evenly spread ones; never enlarged. Opaque in,
 * opaque out. Only for looking at: no model ever sees it.
 */
export function shrink(image: PixelImage, maxSidePx: number): PixelImage {
  const scale = Math.min(1, maxSidePx / Math.max(image.widthPx, image.heightPx));
  const widthPx = Math.max(1, Math.round(image.widthPx * scale));
  const heightPx = Math.max(1, Math.round(image.heightPx * scale));
  const rgba = new Uint8ClampedArray(widthPx * heightPx * 4).fill(255);
  for (let y = 0; y < heightPx; y++) {
    const rows = samplePositions(y, heightPx, image.heightPx);
    for (let x = 0; x < widthPx; x++) {
      const columns = samplePositions(x, widthPx, image.widthPx);
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (const row of rows) {
          for (const column of columns) sum += image.rgba[(row * image.widthPx + column) * 4 + channel] ?? 0;
        }
        rgba[(y * widthPx + x) * 4 + channel] = sum / (rows.length * columns.length);
      }
    }
  }
  return { widthPx, heightPx, rgba };
}

/** Source positions that target pixel `index` of `targets` averages. */
const samplePositions = (index: number, targets: number, sources: number): number[] =>
  Array.from({ length: SAMPLES }, (_, sample) =>
    Math.min(sources - 1, Math.floor(((index + (sample + 0.5) / SAMPLES) * sources) / targets)),
  );
