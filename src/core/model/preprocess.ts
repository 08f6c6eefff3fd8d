/** What happens to a picture before its network sees it, as data. */
import { cropRaster, type PixelSize, type Raster, shortSideSize } from '../image/crop.ts';
import type { PixelImage } from '../image/pixels.ts';
import { resizeRaster } from '../image/resize.ts';
import type { ResizeKernel } from '../image/resize-kernels.ts';

export interface Preprocessing {
  /** `short-side` keeps the aspect ratio, `exact` forces both sides; Pillow's kernels. */
  resize: { mode: 'never' } | { mode: 'short-side' | 'exact'; sizePx: number; kernel: ResizeKernel };
  /** Side of the central square that is left after resizing; black is added where the picture is smaller. Null: all. */
  centerCropPx: number | null;
}

/** The whole picture as it is. */
export const NATIVE: Preprocessing = { resize: { mode: 'never' }, centerCropPx: null };

/**
 * The picture as the network takes it, 8-bit and not yet normalised, as torchvision's `Resize` and `CenterCrop` over
 * Pillow. Only the crop is computed, so a sliver costs no more than its crop; without a crop nothing bounds its length.
 */
export function preprocess(image: Raster, { resize, centerCropPx }: Preprocessing): Raster {
  const target = resizedSize(image, resize);
  const across = overlap(target.widthPx, centerCropPx ?? target.widthPx);
  const down = overlap(target.heightPx, centerCropPx ?? target.heightPx);
  const window = { leftPx: across.from, topPx: down.from, widthPx: across.length, heightPx: down.length };
  const cut =
    resize.mode === 'never'
      ? cropRaster(image, window)
      : resizeRaster(image, target, { kernel: resize.kernel, window });
  return centerCropPx === null ? cut : onBlack(cut, centerCropPx, { leftPx: across.to, topPx: down.to });
}

function resizedSize(image: PixelSize, resize: Preprocessing['resize']): PixelSize {
  if (resize.mode === 'never') return image;
  if (resize.mode === 'exact') return { widthPx: resize.sizePx, heightPx: resize.sizePx };
  return shortSideSize(image, resize.sizePx);
}

/** A picture as the resizer takes it. */
export const rasterOf = ({ widthPx, heightPx, rgba }: PixelImage): Raster => ({
  widthPx,
  heightPx,
  channels: 4,
  data: rgba,
});

/** A raster as tiles are cut from; one without alpha becomes opaque. */
export function pixelImageOf({ widthPx, heightPx, channels, data }: Raster): PixelImage {
  if (channels === 4) return { widthPx, heightPx, rgba: data };
  const rgba = new Uint8Array(widthPx * heightPx * 4).fill(255);
  for (let pixel = 0; pixel < widthPx * heightPx; pixel++) {
    rgba.set(data.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
  }
  return { widthPx, heightPx, rgba };
}

/** Interleaved RGB 0..255 of a whole raster, as networks take it; alpha is left out without being applied. */
export function rgbOf({ widthPx, heightPx, channels, data }: Raster): Float32Array {
  if (channels === 3) return Float32Array.from(data);
  const rgb = new Float32Array(widthPx * heightPx * 3);
  for (let pixel = 0; pixel < widthPx * heightPx; pixel++) {
    for (let channel = 0; channel < 3; channel++) rgb[pixel * 3 + channel] = data[pixel * 4 + channel] ?? 0;
  }
  return rgb;
}

function onBlack(image: Raster, sizePx: number, at: { leftPx: number; topPx: number }): Raster {
  if (image.widthPx === sizePx && image.heightPx === sizePx) return image;
  const { channels } = image;
  const data = new Uint8Array(sizePx * sizePx * channels);
  const lineBytes = image.widthPx * channels;
  for (let row = 0; row < image.heightPx; row++) {
    const line = image.data.subarray(row * lineBytes, (row + 1) * lineBytes);
    data.set(line, ((at.topPx + row) * sizePx + at.leftPx) * channels);
  }
  return { widthPx: sizePx, heightPx: sizePx, channels, data };
}

/** Which cells of a side of `size` go where in a centred crop of `crop` cells. */
function overlap(size: number, crop: number): { from: number; to: number; length: number } {
  if (size < crop) return { from: 0, to: Math.floor((crop - size) / 2), length: size };
  return { from: roundHalfToEven((size - crop) / 2), to: 0, length: crop };
}

/** Python's `round`, which decides torchvision's offsets; `value` has at most one binary digit. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  return value === floor || floor % 2 === 0 ? floor : floor + 1;
}
