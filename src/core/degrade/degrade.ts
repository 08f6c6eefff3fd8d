/** Applies a chain of degradations to decoded pixels: no files, no clock, the same result everywhere. */
import { jpegRoundTrip } from '../image/jpeg-round-trip.ts';
import { orient } from '../image/orientation.ts';
import type { PixelImage } from '../image/pixels.ts';
import { resizeRaster } from '../image/resize.ts';
import type { ResizeKernel } from '../image/resize-kernels.ts';
import { pixelImageOf, rasterOf } from '../model/preprocess.ts';
import { hashOf, randomFrom } from '../random.ts';
import { middleOf, offGrid } from './crop.ts';
import { blurred, noisy, withGamma } from './filters.ts';
import type { Degradation, DegradationChain } from './specification.ts';

/** `image` saved as lossy WebP at `quality` (libwebp's defaults otherwise) and read again; the host has the codec. */
export type WebpRoundTrip = (image: PixelImage, quality: number) => Promise<PixelImage>;

/** EXIF's code for "mirrored left to right". */
const MIRRORED = 2;

/** Screenshots and their uploads: shown smaller or larger, saved by whatever tool is at hand. */
const SCREENSHOT = {
  factors: [0.5, 1.25],
  kernels: ['bilinear', 'bicubic', 'lanczos'],
  qualities: [70, 92],
} as const;
/** Qualities at which web sites commonly re-encode. */
const REENCODE_QUALITIES = [75, 95] as const;

/** A picture after a chain. */
export interface Degraded {
  image: PixelImage;
  /** 1..100, drawn or asked for, where the last thing done to the picture was to save it as JPEG; else null. */
  jpegQuality: number | null;
}

/**
 * `image` (opaque) after `chain`; `jpegQuality` is its own (null: no JPEG, or not known). Every random draw comes from a seed made of `inputName` and the chain's name, so a
 * picture meets the same draw in every run, on every machine and under every model.
 */
export async function degrade(
  { image, jpegQuality }: Degraded,
  chain: DegradationChain,
  { inputName, webp }: { inputName: string; webp: WebpRoundTrip },
): Promise<Degraded> {
  const random = randomFrom(hashOf(`${inputName}\n${chain.name}`));
  let result: Degraded = { image, jpegQuality };
  for (const step of chain.steps) result = await applied(result, step, { random, webp });
  return result;
}

interface Tools {
  random: () => number;
  webp: WebpRoundTrip;
}

async function applied(before: Degraded, step: Degradation, tools: Tools): Promise<Degraded> {
  const { image } = before;
  switch (step.kind) {
    case 'none':
      return before;
    case 'jpeg':
      return saved(image, step.quality);
    case 'reencode':
      return saved(offGrid(image, tools.random), wholeBetween(REENCODE_QUALITIES, tools.random));
    case 'screenshot':
      return screenshot(image, tools.random);
    default:
      return { image: await changed(image, step, tools), jpegQuality: null };
  }
}

const saved = (image: PixelImage, quality: number): Degraded => ({
  image: jpegRoundTrip(image, quality),
  jpegQuality: quality,
});

/** Steps after which a picture is not what a JPEG file holds. */
type Change = Exclude<Degradation, { kind: 'none' | 'jpeg' | 'reencode' | 'screenshot' }>;

async function changed(image: PixelImage, step: Change, { random, webp }: Tools): Promise<PixelImage> {
  switch (step.kind) {
    case 'flip':
      return orient(image, MIRRORED);
    case 'webp':
      return webp(image, step.quality);
    case 'crop':
      return middleOf(image, step.sidePx);
    case 'resize':
      return resized(image, step.factor, step.kernel);
    case 'blur':
      return blurred(image, step.sigmaPx);
    case 'noise':
      return noisy(image, step.sigma, random);
    case 'gamma':
      return withGamma(image, step.exponent);
  }
}

/** Both sides times `factor`, rounded, at least one pixel. */
function resized(image: PixelImage, factor: number, kernel: ResizeKernel): PixelImage {
  const scaled = (lengthPx: number): number => Math.max(1, Math.round(lengthPx * factor));
  const target = { widthPx: scaled(image.widthPx), heightPx: scaled(image.heightPx) };
  return pixelImageOf(resizeRaster(rasterOf(image), target, { kernel }));
}

/** Shown at another scale and saved as JPEG; the scale is drawn evenly between its ends. */
function screenshot(image: PixelImage, random: () => number): Degraded {
  const [least, most] = SCREENSHOT.factors;
  const factor = least + (most - least) * random();
  const kernel = SCREENSHOT.kernels[Math.floor(random() * SCREENSHOT.kernels.length)] ?? 'bilinear';
  const shown = resized(image, factor, kernel);
  return saved(shown, wholeBetween(SCREENSHOT.qualities, random));
}

const wholeBetween = ([least, most]: readonly [number, number], random: () => number): number =>
  least + Math.floor(random() * (most - least + 1));
