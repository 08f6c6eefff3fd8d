/** The browser's own decoder with read-back, for what the shared decoder cannot read (CMYK, GIF, AVIF, BMP). */
import type { CanvasDecoder } from '../core/image/decode.ts';
import { hasTransparency, type PixelImage } from '../core/image/pixels.ts';
import { isProbeIntact, PROBE_SIDE_PX, probePixels } from '../core/image/readback-probe.ts';
import { LIMITS } from '../core/limits.ts';
import { failure, success } from '../core/result.ts';
import type { Failed, FailureReason } from '../core/verdict.ts';

/** Canvases are limited in size, and silently blank beyond: pictures are read in squares of this side. */
const SQUARE_PX = 4096;

/** `none` keeps the file's numbers: no colour profile applied, nothing multiplied by alpha. */
const AS_STORED: ImageBitmapOptions = { colorSpaceConversion: 'none', premultiplyAlpha: 'none' };

const refuse = (reason: FailureReason, detail?: string) =>
  failure<Failed>({ state: 'failed', reason, ...(detail === undefined ? {} : { detail }) });

/**
 * A canvas decoder that first proves, once, that this browser hands out the very pixels that were drawn; where it
 * does not, every picture is refused as `noisy-readback`. EXIF orientation is applied by the browser.
 */
export function createCanvasDecoder(): CanvasDecoder {
  let exact: Promise<boolean> | null = null;
  return async (bytes, format) => {
    exact ??= isReadbackExact();
    if (!(await exact)) return refuse('noisy-readback');
    const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: `image/${format}` });
    const bitmap = await createImageBitmap(blob, AS_STORED).catch(() => null);
    if (bitmap === null) return refuse('corrupt');
    try {
      const { width, height } = bitmap;
      if (width * height > LIMITS.imagePixels) return refuse('too-many-pixels', `${width} x ${height} px`);
      const image = readBy2d(bitmap);
      // A 2D canvas stores premultiplied colours: exact for opaque pictures only.
      return success(hasTransparency(image) ? (readByWebGl(bitmap) ?? image) : image);
    } finally {
      bitmap.close();
    }
  };
}

async function isReadbackExact(): Promise<boolean> {
  const data = new ImageData(probePixels(), PROBE_SIDE_PX, PROBE_SIDE_PX);
  const bitmap = await createImageBitmap(data, AS_STORED);
  const byWebGl = readByWebGl(bitmap);
  const exact = isProbeIntact(readBy2d(bitmap).rgba) && (byWebGl === null || isProbeIntact(byWebGl.rgba));
  bitmap.close();
  return exact;
}

function readBy2d(bitmap: ImageBitmap): PixelImage {
  const { width, height } = bitmap;
  const rgba = new Uint8ClampedArray(width * height * 4);
  const canvas = new OffscreenCanvas(Math.min(width, SQUARE_PX), Math.min(height, SQUARE_PX));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no 2D canvas');
  for (let top = 0; top < height; top += SQUARE_PX) {
    for (let left = 0; left < width; left += SQUARE_PX) {
      const columns = Math.min(SQUARE_PX, width - left);
      const rows = Math.min(SQUARE_PX, height - top);
      context.clearRect(0, 0, canvas.width, canvas.height);
      context.drawImage(bitmap, -left, -top);
      const { data } = context.getImageData(0, 0, columns, rows);
      for (let row = 0; row < rows; row++) {
        rgba.set(data.subarray(row * columns * 4, (row + 1) * columns * 4), ((top + row) * width + left) * 4);
      }
    }
  }
  return { widthPx: width, heightPx: height, rgba };
}

/** Exact for transparent pictures too; null where there is no WebGL or the picture exceeds its textures. */
function readByWebGl(bitmap: ImageBitmap): PixelImage | null {
  const { width, height } = bitmap;
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (gl === null || Math.max(width, height) > gl.getParameter(gl.MAX_TEXTURE_SIZE)) return null;
  const texture = gl.createTexture();
  const framebuffer = gl.createFramebuffer();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
  gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  const rgba = new Uint8Array(width * height * 4);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
  const failed = gl.getError() !== gl.NO_ERROR;
  // Contexts are few per process; do not wait for the garbage collector.
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return failed ? null : { widthPx: width, heightPx: height, rgba };
}
