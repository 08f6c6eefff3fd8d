/** Blur, noise, gamma and mirror images of opaque pixels. */
import type { PixelImage } from '../image/pixels.ts';

/** Where the Gaussian ends, in standard deviations: SciPy's default. */
const TRUNCATE = 4;

/**
 * `image` under a Gaussian of standard deviation `sigmaPx`, as `scipy.ndimage.gaussian_filter` on float64 (borders
 * mirrored, cut at four standard deviations), rounded once at the end. Cost: pixels * sigma.
 */
export function blurred(image: PixelImage, sigmaPx: number): PixelImage {
  const { widthPx, heightPx } = image;
  const weights = gaussian(sigmaPx);
  const rgba = new Uint8ClampedArray(image.rgba);
  const source = new Float64Array(widthPx * heightPx);
  for (let channel = 0; channel < 3; channel++) {
    for (let index = 0; index < source.length; index++) source[index] = image.rgba[index * 4 + channel] ?? 0;
    const down = convolved(source, { lines: widthPx, length: heightPx, lineStep: 1, step: widthPx }, weights);
    const across = convolved(down, { lines: heightPx, length: widthPx, lineStep: widthPx, step: 1 }, weights);
    for (let index = 0; index < across.length; index++) rgba[index * 4 + channel] = across[index] ?? 0;
  }
  return { widthPx, heightPx, rgba };
}

/** Weights of one half, the middle first; the whole sums to one. */
function gaussian(sigma: number): Float64Array {
  const radius = Math.floor(TRUNCATE * sigma + 0.5);
  const half = Float64Array.from({ length: radius + 1 }, (_, index) =>
    Math.exp((-0.5 * index * index) / sigma ** 2),
  );
  const sum = half.reduce((total, weight, index) => total + (index === 0 ? weight : 2 * weight), 0);
  return half.map((weight) => weight / sum);
}

interface Lines {
  lines: number;
  length: number;
  /** From one line's start to the next one's. */
  lineStep: number;
  /** From one sample of a line to the next. */
  step: number;
}

function convolved(source: Float64Array, along: Lines, weights: Float64Array): Float64Array {
  const { lines, length, lineStep, step } = along;
  const result = new Float64Array(source.length);
  for (let line = 0; line < lines; line++) {
    const start = line * lineStep;
    for (let position = 0; position < length; position++) {
      let sum = (weights[0] ?? 0) * (source[start + position * step] ?? 0);
      for (let distance = 1; distance < weights.length; distance++) {
        const before = source[start + mirrored(position - distance, length) * step] ?? 0;
        const after = source[start + mirrored(position + distance, length) * step] ?? 0;
        sum += (weights[distance] ?? 0) * (before + after);
      }
      result[start + position * step] = sum;
    }
  }
  return result;
}

/** The border sample is repeated once: c b a | a b c | c b a. */
function mirrored(position: number, length: number): number {
  if (position >= 0 && position < length) return position;
  const cycle = 2 * length;
  const within = ((position % cycle) + cycle) % cycle;
  return within < length ? within : cycle - 1 - within;
}

/** `image` plus independent Gaussian noise of standard deviation `sigma` levels in every channel, rounded and limited. */
export function noisy(
  { widthPx, heightPx, rgba }: PixelImage,
  sigma: number,
  random: () => number,
): PixelImage {
  const result = new Uint8ClampedArray(rgba);
  for (let index = 0; index < result.length; index++) {
    if (index % 4 !== 3) result[index] = (rgba[index] ?? 0) + sigma * normal(random);
  }
  return { widthPx, heightPx, rgba: result };
}

/** Box and Muller (1958); one of the pair, so that every sample takes two draws. */
const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** `image` with every colour value v (0..1) as v to the power of `exponent`: above 1 is darker. */
export function withGamma({ widthPx, heightPx, rgba }: PixelImage, exponent: number): PixelImage {
  const levels = Uint8ClampedArray.from({ length: 256 }, (_, level) => 255 * (level / 255) ** exponent);
  const result = new Uint8ClampedArray(rgba);
  for (let index = 0; index < result.length; index++) {
    if (index % 4 !== 3) result[index] = levels[rgba[index] ?? 0] ?? 0;
  }
  return { widthPx, heightPx, rgba: result };
}
