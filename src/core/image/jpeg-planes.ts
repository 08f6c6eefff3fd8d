/** Between RGB pixels and libjpeg's planes: colour conversion, chroma at half size and back. */
import type { PixelImage } from './pixels.ts';

/** One component, row by row. */
export interface Plane {
  widthPx: number;
  heightPx: number;
  samples: Uint8Array;
}

/** Fixed point with 16 fractional bits, `jccolor.c` and `jdcolor.c`. */
const fix = (value: number): number => Math.floor(value * 65_536 + 0.5);
const HALF = 32_768;
const [Y_RED, Y_GREEN, Y_BLUE] = [fix(0.299), fix(0.587), fix(0.114)];
const [CB_RED, CB_GREEN] = [fix(0.16874), fix(0.33126)];
const [CR_GREEN, CR_BLUE] = [fix(0.41869), fix(0.08131)];
const [RED_CR, GREEN_CB, GREEN_CR, BLUE_CB] = [fix(1.402), fix(0.34414), fix(0.71414), fix(1.772)];

/** Luma and both chroma components at full size (JFIF), rounded as libjpeg. */
export function planesOf({ widthPx, heightPx, rgba }: PixelImage): [Plane, Plane, Plane] {
  const planes = [0, 1, 2].map(() => new Uint8Array(widthPx * heightPx));
  const [luma, blueness, redness] = planes as [Uint8Array, Uint8Array, Uint8Array];
  const middle = 128 * 65_536 + HALF - 1;
  for (let index = 0, from = 0; index < luma.length; index++, from += 4) {
    const red = rgba[from] ?? 0;
    const green = rgba[from + 1] ?? 0;
    const blue = rgba[from + 2] ?? 0;
    luma[index] = (Y_RED * red + Y_GREEN * green + Y_BLUE * blue + HALF) >> 16;
    blueness[index] = (-CB_RED * red - CB_GREEN * green + HALF * blue + middle) >> 16;
    redness[index] = (HALF * red - CR_GREEN * green - CR_BLUE * blue + middle) >> 16;
  }
  const plane = (samples: Uint8Array): Plane => ({ widthPx, heightPx, samples });
  return [plane(luma), plane(blueness), plane(redness)];
}

/** Opaque pixels of three planes of one size. */
export function pixelsOf(luma: Plane, blueness: Plane, redness: Plane): PixelImage {
  const { widthPx, heightPx } = luma;
  const rgba = new Uint8ClampedArray(widthPx * heightPx * 4);
  for (let index = 0, to = 0; index < luma.samples.length; index++, to += 4) {
    const light = luma.samples[index] ?? 0;
    const blue = (blueness.samples[index] ?? 0) - 128;
    const red = (redness.samples[index] ?? 0) - 128;
    rgba[to] = light + ((RED_CR * red + HALF) >> 16);
    rgba[to + 1] = light + ((-GREEN_CB * blue - GREEN_CR * red + HALF) >> 16);
    rgba[to + 2] = light + ((BLUE_CB * blue + HALF) >> 16);
    rgba[to + 3] = 255;
  }
  return { widthPx, heightPx, rgba };
}

/** A sample with the plane's border repeated outside it. */
const sampleAt = ({ widthPx, heightPx, samples }: Plane, x: number, y: number): number =>
  samples[Math.min(heightPx - 1, Math.max(0, y)) * widthPx + Math.min(widthPx - 1, Math.max(0, x))] ?? 0;

/**
 * Both sides halved (rounded up) by the mean of 2 x 2 samples, `h2v2_downsample` of `jcsample.c`: the rounding bias
 * alternates along a row. The width is filled up to whole blocks from the last full-size column, as there; the height
 * is not, because libjpeg repeats the last halved row.
 */
export function halved(plane: Plane): Plane {
  const widthPx = Math.ceil(plane.widthPx / 16) * 8;
  const heightPx = Math.ceil(plane.heightPx / 2);
  const samples = new Uint8Array(widthPx * heightPx);
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      const above = sampleAt(plane, 2 * x, 2 * y) + sampleAt(plane, 2 * x + 1, 2 * y);
      const below = sampleAt(plane, 2 * x, 2 * y + 1) + sampleAt(plane, 2 * x + 1, 2 * y + 1);
      samples[y * widthPx + x] = (above + below + 1 + (x & 1)) >> 2;
    }
  }
  return { widthPx, heightPx, samples };
}

/**
 * What `halved` made of a plane of `size`, doubled again, by the triangle filter of `h2v2_fancy_upsample` (`jdsample.c`); planes of one or
 * two columns repeat their samples, as there.
 */
export function doubled(plane: Plane, size: { widthPx: number; heightPx: number }): Plane {
  const { widthPx, heightPx } = size;
  const samples = new Uint8Array(widthPx * heightPx);
  const columns = Math.ceil(widthPx / 2);
  if (columns <= 2) {
    samples.forEach((_, index) => {
      samples[index] = sampleAt(plane, (index % widthPx) >> 1, Math.floor(index / widthPx) >> 1);
    });
    return { widthPx, heightPx, samples };
  }
  const sums = new Int32Array(columns);
  for (let y = 0; y < heightPx; y++) {
    const near = y >> 1;
    const far = y % 2 === 0 ? near - 1 : near + 1;
    for (let x = 0; x < sums.length; x++) sums[x] = 3 * sampleAt(plane, x, near) + sampleAt(plane, x, far);
    for (let x = 0; x < widthPx; x++) {
      const here = sums[x >> 1] ?? 0;
      const beside = sums[x % 2 === 0 ? (x >> 1) - 1 : (x >> 1) + 1] ?? here;
      samples[y * widthPx + x] = (3 * here + beside + (x % 2 === 0 ? 8 : 7)) >> 4;
    }
  }
  return { widthPx, heightPx, samples };
}
