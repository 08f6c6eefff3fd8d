import { failure, type Result, success } from '../result.ts';

/**
 * Pixels in row-major order, channels interleaved (RGB or RGBA), 0..255; `data` has `widthPx * heightPx * channels`
 * bytes. A `PixelImage` is the case `{ widthPx, heightPx, channels: 4, data: rgba }`.
 */
export interface Raster {
  widthPx: number;
  heightPx: number;
  channels: 3 | 4;
  data: Uint8Array | Uint8ClampedArray;
}

export interface PixelSize {
  widthPx: number;
  heightPx: number;
}

/** A part of an image, in its pixels; `leftPx`, `topPx` belong to it. */
export interface PixelRectangle extends PixelSize {
  leftPx: number;
  topPx: number;
}

/** Half to even, as Python's `round`, which decides torchvision's crop offsets. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Size whose short side is `shortSidePx`, the long side in proportion and rounded down, as torchvision's
 * `Resize(int)`. A sliver's long side is not limited (1 x 30,000 px at short side 299 is 9 million px long):
 * resize it through a window, which bounds the work.
 */
export function shortSideSize(size: PixelSize, shortSidePx: number): PixelSize {
  const { widthPx, heightPx } = size;
  if (widthPx <= heightPx) {
    return { widthPx: shortSidePx, heightPx: Math.trunc((shortSidePx * heightPx) / widthPx) };
  }
  return { widthPx: Math.trunc((shortSidePx * widthPx) / heightPx), heightPx: shortSidePx };
}

/**
 * The central `crop` of an image of `size`, offsets rounded half to even as torchvision's `CenterCrop`.
 * Where torchvision would pad with black, this fails with `crop-larger-than-image`.
 */
export function centerCropRectangle(
  size: PixelSize,
  crop: PixelSize,
): Result<PixelRectangle, 'crop-larger-than-image'> {
  if (crop.widthPx > size.widthPx || crop.heightPx > size.heightPx) return failure('crop-larger-than-image');
  return success({
    leftPx: roundHalfToEven((size.widthPx - crop.widthPx) / 2),
    topPx: roundHalfToEven((size.heightPx - crop.heightPx) / 2),
    widthPx: crop.widthPx,
    heightPx: crop.heightPx,
  });
}

/** True when `rectangle` has whole, non-negative coordinates, at least one pixel, and lies within `size`. */
export function isWithin(rectangle: PixelRectangle, size: PixelSize): boolean {
  const { leftPx, topPx, widthPx, heightPx } = rectangle;
  return (
    [leftPx, topPx, widthPx, heightPx].every(Number.isSafeInteger) &&
    leftPx >= 0 &&
    topPx >= 0 &&
    widthPx > 0 &&
    heightPx > 0 &&
    leftPx + widthPx <= size.widthPx &&
    topPx + heightPx <= size.heightPx
  );
}

/** A copy of the pixels in `rectangle`; throws `RangeError` when it does not lie within the image. */
export function cropRaster(image: Raster, rectangle: PixelRectangle): Raster {
  if (!isWithin(rectangle, image)) throw new RangeError('crop rectangle outside the image');
  const { widthPx, heightPx } = rectangle;
  const rowBytes = widthPx * image.channels;
  const data = new Uint8Array(rowBytes * heightPx);
  for (let row = 0; row < heightPx; row++) {
    const start = ((rectangle.topPx + row) * image.widthPx + rectangle.leftPx) * image.channels;
    data.set(image.data.subarray(start, start + rowBytes), row * rowBytes);
  }
  return { widthPx, heightPx, channels: image.channels, data };
}
