/** What a file declares about itself, before anything is decoded. Nothing here throws on hostile bytes. */
import { imageSize } from 'image-size';
import { LIMITS } from '../limits.ts';
import { failure, type Result, success } from '../result.ts';
import type { Failed, FailureReason, ImageFacts } from '../verdict.ts';
import { isComplete } from './completeness.ts';
import { type JpegStructure, walkJpeg } from './jpeg-structure.ts';
import { type Format, kindOf } from './magic.ts';
import { isSideways } from './orientation.ts';
import { pngOrientation } from './png-orientation.ts';

export interface Sniffed {
  format: Format;
  /** Size as displayed. A decoder whose picture has another size is not believed (`decode.ts`). */
  facts: ImageFacts;
  /** EXIF orientation 1..8 that is still to be applied to the stored pixels. */
  orientation: number;
  /** `file`: the decoder that browser and Node share can read it; `canvas`: only a browser's own can. */
  readableBy: 'file' | 'canvas';
}

/** Time of image-size's AVIF reader grows with the square of the header; an honest one needs a few hundred bytes. */
const AVIF_HEADER_BYTES = 2 ** 16;

const refuse = (reason: FailureReason, detail?: string) =>
  failure<Failed>({ state: 'failed', reason, ...(detail === undefined ? {} : { detail }) });

/**
 * Format, declared size and reading path of `bytes`, or the failure that ends here: `not-an-image`,
 * `unsupported-format`, `too-many-pixels` (by `LIMITS.imagePixels`), `truncated`, or `corrupt` for a header that
 * cannot be read.
 */
export function sniff(bytes: Uint8Array): Result<Sniffed, Failed> {
  const kind = kindOf(bytes);
  if ('other' in kind) return refuse('not-an-image');
  if ('unsupported' in kind) return refuse('unsupported-format', kind.unsupported);
  const { format } = kind;
  const jpeg = format === 'jpeg' ? walkJpeg(bytes) : null;
  const declared = declaredSize(bytes, format, jpeg);
  if (declared === null) {
    return refuse(mayBeCut(bytes, format) ? 'truncated' : 'corrupt');
  }
  const { widthPx, heightPx, orientation } = declared;
  if (widthPx * heightPx > LIMITS.imagePixels) {
    return refuse('too-many-pixels', `${widthPx} x ${heightPx} px`);
  }
  const complete = jpeg === null ? isComplete(bytes, format) : jpeg.complete;
  if (!complete) return refuse('truncated');
  const sideways = isSideways(orientation);
  return success({
    format,
    facts: {
      widthPx: sideways ? heightPx : widthPx,
      heightPx: sideways ? widthPx : heightPx,
      format,
      sizeBytes: bytes.byteLength,
    },
    orientation,
    readableBy: isShared(bytes, format, jpeg) ? 'file' : 'canvas',
  });
}

/** A file that ends within its header cannot declare a size. */
const mayBeCut = (bytes: Uint8Array, format: Format): boolean =>
  format === 'jpeg' || bytes.byteLength < 32 || !isComplete(bytes, format);

/** Stored size and orientation, or null when the header has none. */
function declaredSize(
  bytes: Uint8Array,
  format: Format,
  jpeg: JpegStructure | null,
): { widthPx: number; heightPx: number; orientation: number } | null {
  if (format === 'jpeg' && jpeg === null) return null;
  const read = sizeByLibrary(bytes, format);
  const widthPx = jpeg?.widthPx ?? read?.width ?? 0;
  const heightPx = jpeg?.heightPx ?? read?.height ?? 0;
  if (!(Number.isInteger(widthPx) && Number.isInteger(heightPx) && widthPx > 0 && heightPx > 0)) return null;
  const tag = format === 'png' ? pngOrientation(bytes) : (read?.orientation ?? 1);
  const orientation = tag >= 1 && tag <= 8 ? tag : 1;
  return { widthPx, heightPx, orientation };
}

function sizeByLibrary(
  bytes: Uint8Array,
  format: Format,
): { width?: number; height?: number; orientation?: number } | null {
  const header = bytes.slice(0, format === 'avif' ? AVIF_HEADER_BYTES : LIMITS.headerBytes);
  // image-size knows only the major brand `avif`; files that list it as compatible are laid out alike.
  if (format === 'avif') header.set([0x61, 0x76, 0x69, 0x66], 8);
  try {
    return imageSize(header);
  } catch {
    return null;
  }
}

/** Colour or grey JPEG of 8 bits, any PNG, and WebP without animation. */
function isShared(bytes: Uint8Array, format: Format, jpeg: JpegStructure | null): boolean {
  if (jpeg !== null) return jpeg.precision === 8 && (jpeg.components === 1 || jpeg.components === 3);
  if (format === 'webp') return !isAnimatedWebp(bytes);
  return format === 'png';
}

/** The animation flag of the extended header (WebP container specification, VP8X). */
const isAnimatedWebp = (bytes: Uint8Array): boolean =>
  String.fromCharCode(...bytes.subarray(12, 16)) === 'VP8X' && ((bytes[20] ?? 0) & 0x02) !== 0;
