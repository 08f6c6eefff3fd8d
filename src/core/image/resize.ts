import type { Result } from '../result.ts';
import {
  centerCropRectangle,
  cropRaster,
  isWithin,
  type PixelRectangle,
  type PixelSize,
  type Raster,
  shortSideSize,
} from './crop.ts';
import { type ResampleWeights, type ResizeKernel, resampleWeights } from './resize-kernels.ts';
import { resampleColumns, resampleRows } from './resize-passes.ts';

export interface ResizeOptions {
  kernel: ResizeKernel;
  /** Part of the resized image to compute, default all of it; equals cropping afterwards, without the work. */
  window?: PixelRectangle;
}

/**
 * The image resized to `target`, or the options' window of it, bit for bit as `PIL.Image.resize` in mode RGB:
 * fixed-point weights, horizontal pass first, its result rounded to 8 bits, a pass skipped where the size stays.
 * RGBA is resampled channel by channel without premultiplying: colour under transparency counts, as after Pillow's
 * `convert('RGB')`; Pillow's own mode RGBA premultiplies. Throws `RangeError` on sizes that are not positive
 * integers, a window outside the target, or data of another length. Cost: input pixels * kernel support.
 */
export function resizeRaster(image: Raster, target: PixelSize, options: ResizeOptions): Raster {
  const window = options.window ?? { leftPx: 0, topPx: 0, ...target };
  checkSizes(image, target, window);
  const keepsWidth = image.widthPx === target.widthPx;
  const keepsHeight = image.heightPx === target.heightPx;
  if (keepsWidth && keepsHeight) return cropRaster(image, window);
  const down = resampleWeights(
    { inputSize: image.heightPx, outputSize: target.heightPx, first: window.topPx, count: window.heightPx },
    options.kernel,
  );
  const rows = keepsHeight ? { first: window.topPx, count: window.heightPx } : rowSpan(down);
  if (keepsWidth) {
    const { leftPx, widthPx } = window;
    const kept = cropRaster(image, { leftPx, topPx: rows.first, widthPx, heightPx: rows.count });
    return resampleColumns(kept, rows.first, down);
  }
  const across = resampleWeights(
    { inputSize: image.widthPx, outputSize: target.widthPx, first: window.leftPx, count: window.widthPx },
    options.kernel,
  );
  const narrowed = resampleRows(image, rows, across);
  return keepsHeight ? narrowed : resampleColumns(narrowed, rows.first, down);
}

/**
 * The reference preprocessing: short side to `shortSidePx`, then the central `crop`, as torchvision's `Resize` and
 * `CenterCrop`. Only the crop is computed, so slivers cost no more than their crop. Fails with
 * `crop-larger-than-image`; otherwise as `resizeRaster`.
 */
export function shortSideAndCenterCrop(
  image: Raster,
  options: { shortSidePx: number; crop: PixelSize; kernel: ResizeKernel },
): Result<Raster, 'crop-larger-than-image'> {
  const size = shortSideSize(image, options.shortSidePx);
  const window = centerCropRectangle(size, options.crop);
  if (!window.ok) return window;
  return { ok: true, value: resizeRaster(image, size, { kernel: options.kernel, window: window.value }) };
}

function checkSizes(image: Raster, target: PixelSize, window: PixelRectangle): void {
  if (!isPixelSize(image)) throw new RangeError('image size must be positive integers');
  if (image.data.length !== image.widthPx * image.heightPx * image.channels) {
    throw new RangeError('image data does not have width * height * channels bytes');
  }
  if (!isPixelSize(target)) throw new RangeError('target size must be positive integers');
  if (!isWithin(window, target)) throw new RangeError('window outside the target');
}

const isPixelSize = ({ widthPx, heightPx }: PixelSize): boolean =>
  isWithin({ leftPx: 0, topPx: 0, widthPx, heightPx }, { widthPx, heightPx });

/** Input rows that any of the outputs reads; both ends grow with the output, so first and last tell. */
function rowSpan(weights: ResampleWeights): { first: number; count: number } {
  const last = weights.starts.length - 1;
  const first = weights.starts[0] ?? 0;
  return { first, count: (weights.starts[last] ?? 0) + (weights.counts[last] ?? 0) - first };
}
