/** From bytes to opaque pixels, by the same WASM decoders in browsers and Node. */
import { failure, type Result, success } from '../result.ts';
import type { Failed, FailureReason, PixelPath } from '../verdict.ts';
import type { Format } from './magic.ts';
import { orient } from './orientation.ts';
import { flattenOverWhite, type PixelImage } from './pixels.ts';
import type { SharedDecoders } from './shared-decoders.ts';
import type { Sniffed } from './sniff.ts';

/**
 * A browser's own decoder, for what the shared one cannot read: straight alpha, no colour conversion, orientation
 * already applied. Fails with `noisy-readback` where the browser alters what it hands out, or `corrupt`.
 */
export type CanvasDecoder = (bytes: Uint8Array, format: Format) => Promise<Result<PixelImage, Failed>>;

export interface DecodeTools {
  shared: SharedDecoders;
  /** Null where there is no canvas: Node. */
  canvas: CanvasDecoder | null;
}

/** Pixels as displayed: EXIF orientation applied once, flattened over white. */
export interface Decoded {
  image: PixelImage;
  pixelPath: PixelPath;
}

const refuse = (reason: FailureReason, detail?: string) =>
  failure<Failed>({ state: 'failed', reason, ...(detail === undefined ? {} : { detail }) });

/**
 * The pixels of the file that `sniffed` describes. What the shared decoder refuses is tried on the canvas, since
 * browsers forgive more; `corrupt` when that gives up too, `unsupported-format` where there is no canvas for it.
 */
export async function decodeImage(
  bytes: Uint8Array,
  sniffed: Sniffed,
  tools: DecodeTools,
): Promise<Result<Decoded, Failed>> {
  if (sniffed.readableBy === 'file') {
    const decoded = await decodeShared(bytes, sniffed, tools.shared);
    if (decoded !== null) return success({ image: decoded, pixelPath: 'file' });
    if (tools.canvas === null) return refuse('corrupt');
  }
  if (tools.canvas === null) return refuse('unsupported-format', sniffed.format.toUpperCase());
  const drawn = await tools.canvas(bytes, sniffed.format);
  if (!drawn.ok) return drawn;
  flattenOverWhite(drawn.value);
  return success({ image: drawn.value, pixelPath: 'canvas' });
}

/** Null when the decoder gives up, or returns another size than the header that was checked. */
async function decodeShared(
  bytes: Uint8Array,
  sniffed: Sniffed,
  shared: SharedDecoders,
): Promise<PixelImage | null> {
  const { format, facts, orientation } = sniffed;
  if (format !== 'jpeg' && format !== 'png' && format !== 'webp') return null;
  const stored = await shared[format](bytes);
  if (stored === null) return null;
  flattenOverWhite(stored);
  const image = orient(stored, orientation);
  return image.widthPx === facts.widthPx && image.heightPx === facts.heightPx ? image : null;
}
