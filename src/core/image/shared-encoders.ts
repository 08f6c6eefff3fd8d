/** The @jsquash WebP encoder (libwebp), started from a module that the host has compiled. */
import encodeWebp, { init as startWebp } from '@jsquash/webp/encode.js';
import type { PixelImage } from './pixels.ts';
import type { CompiledModule } from './shared-decoders.ts';

/** A lossy WebP file of `image` at `quality` 1..100, libwebp's defaults otherwise: byte for byte Pillow's choices. */
export type WebpEncoder = (image: PixelImage, quality: number) => Promise<Uint8Array>;

/** @jsquash's glue, whose types are those of a browser. */
type Start = (module: never, options: object) => Promise<unknown>;
type Encode = (data: object, options: object) => Promise<ArrayBuffer>;

/**
 * Starts the encoder from the compiled `codec/enc/webp_enc_simd.wasm`; rejects when it cannot be instantiated. It is a
 * singleton of its worker or process. Encoding rejects above 16,383 px a side, WebP's limit.
 */
export async function initWebpEncoder(module: CompiledModule): Promise<WebpEncoder> {
  const silent = () => undefined;
  await (startWebp as Start)(module as never, { print: silent, printErr: silent });
  const encode = encodeWebp as unknown as Encode;
  return async ({ widthPx, heightPx, rgba }, quality) => {
    const data = { width: widthPx, height: heightPx, data: new Uint8ClampedArray(rgba), colorSpace: 'srgb' };
    return new Uint8Array(await encode(data, { quality }));
  };
}
