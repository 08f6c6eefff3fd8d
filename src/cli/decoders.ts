/** The decoders that browsers and Node share, and the encoders of the command line. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import encode from '@jsquash/png/encode.js';
import type { WebpRoundTrip } from '../core/degrade/degrade.ts';
import type { PixelImage } from '../core/image/pixels.ts';
import { initDecoders, type SharedDecoders } from '../core/image/shared-decoders.ts';
import { initWebpEncoder } from '../core/image/shared-encoders.ts';

const require = createRequire(import.meta.url);
const compiled = (file: string) => new WebAssembly.Module(readFileSync(require.resolve(file)));

/** Starts the decoders; one set a thread. */
export const startDecoders = (): Promise<SharedDecoders> =>
  initDecoders({
    jpeg: compiled('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'),
    png: compiled('@jsquash/png/codec/pkg/squoosh_png_bg.wasm'),
    webp: compiled('@jsquash/webp/codec/dec/webp_dec.wasm'),
  });

/** `image` as a PNG file of 8-bit RGBA; only after `startDecoders`, which starts the encoder's module too. */
export async function pngFrom({ widthPx, heightPx, rgba }: PixelImage): Promise<Uint8Array> {
  const data = { width: widthPx, height: heightPx, data: new Uint8ClampedArray(rgba), colorSpace: 'srgb' };
  return new Uint8Array(await encode(data as ImageData));
}

/** Through a lossy WebP file and back with `shared`; rejects where libwebp refuses the size. */
export async function startWebpRoundTrip(shared: SharedDecoders): Promise<WebpRoundTrip> {
  const encode = await initWebpEncoder(compiled('@jsquash/webp/codec/enc/webp_enc_simd.wasm'));
  return async (image, quality) => {
    const decoded = await shared.webp(await encode(image, quality));
    if (decoded === null) throw new Error('a WebP file of ours could not be read');
    return decoded;
  };
}
