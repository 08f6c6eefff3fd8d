/** Small picture files made from nothing, for tests of sniffing and decoding. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { crc32, deflateSync } from 'node:zlib';
import encodeJpeg, { init as startJpegEncoder } from '@jsquash/jpeg/encode.js';
import encodeWebp, { init as startWebpEncoder } from '@jsquash/webp/encode.js';
import type { PixelImage } from '../../src/core/image/pixels.ts';
import { initDecoders, type SharedDecoders } from '../../src/core/image/shared-decoders.ts';
import { noise } from './noise.ts';

const require = createRequire(import.meta.url);
const compiled = (path: string) => new WebAssembly.Module(readFileSync(require.resolve(path)));

/** The shared decoders, started in this process. */
export const nodeDecoders = (): Promise<SharedDecoders> =>
  initDecoders({
    jpeg: compiled('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'),
    png: compiled('@jsquash/png/codec/pkg/squoosh_png_bg.wasm'),
    webp: compiled('@jsquash/webp/codec/dec/webp_dec.wasm'),
  });

/** Opaque smooth waves with a little grain. */
export function waves(widthPx: number, heightPx: number): PixelImage {
  const grain = noise(widthPx * heightPx * 3, 7);
  const rgba = new Uint8Array(widthPx * heightPx * 4);
  for (let index = 0; index < widthPx * heightPx; index++) {
    const x = index % widthPx;
    const y = Math.floor(index / widthPx);
    for (let channel = 0; channel < 3; channel++) {
      const wave = 110 + 60 * Math.sin(0.09 * x * (channel + 1)) + 40 * Math.cos(0.07 * y);
      rgba[index * 4 + channel] = wave + (grain[index * 3 + channel] ?? 0) / 16;
    }
    rgba[index * 4 + 3] = 255;
  }
  return { widthPx, heightPx, rgba };
}

const asImageData = (image: PixelImage) =>
  ({
    width: image.widthPx,
    height: image.heightPx,
    data: image.rgba,
    colorSpace: 'srgb',
  }) as unknown as ImageData;

export async function jpegOf(image: PixelImage, quality = 90, progressive = false): Promise<Uint8Array> {
  await startJpegEncoder(compiled('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm') as never);
  return new Uint8Array(await encodeJpeg(asImageData(image), { quality, progressive, quant_table: 0 }));
}

export const losslessWebpOf = (image: PixelImage): Promise<Uint8Array> =>
  webpOf(image, { lossless: 1, exact: 1 });

export async function webpOf(
  image: PixelImage,
  options: Parameters<typeof encodeWebp>[1],
): Promise<Uint8Array> {
  await startWebpEncoder(compiled('@jsquash/webp/codec/enc/webp_enc.wasm') as never);
  return new Uint8Array(await encodeWebp(asImageData(image), options));
}

export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}

/** `zlib.crc32` came with Node 20.15 and its types later than that. */
const crc = crc32 as (data: Uint8Array) => number;

export const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** A PNG from raw scanlines without filter bytes; `extra` chunks go before the pixels. */
export function pngFile(options: {
  widthPx: number;
  heightPx: number;
  depth: number;
  colourType: number;
  scanlines: Uint8Array;
  extra?: Uint8Array[];
}): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(options.widthPx, 0);
  header.writeUInt32BE(options.heightPx, 4);
  header.set([options.depth, options.colourType, 0, 0, 0], 8);
  const lineBytes = options.scanlines.length / options.heightPx;
  const filtered = Buffer.alloc((lineBytes + 1) * options.heightPx);
  for (let row = 0; row < options.heightPx; row++) {
    filtered.set(
      options.scanlines.subarray(row * lineBytes, (row + 1) * lineBytes),
      row * (lineBytes + 1) + 1,
    );
  }
  return Buffer.concat([
    PNG_SIGNATURE,
    pngChunk('IHDR', header),
    ...(options.extra ?? []),
    pngChunk('IDAT', deflateSync(filtered)),
    pngChunk('IEND', new Uint8Array()),
  ]);
}

export const pngOf = (image: PixelImage, extra: Uint8Array[] = []): Uint8Array =>
  pngFile({ ...image, depth: 8, colourType: 6, scanlines: Uint8Array.from(image.rgba), extra });

/** `jpeg` with an EXIF segment that holds only an orientation. */
export function withOrientation(jpeg: Uint8Array, orientation: number): Uint8Array {
  const exif = Buffer.from(
    '457869660000' + '4d4d002a00000008' + '0001' + '01120003000000010000' + '0000' + '00000000',
    'hex',
  );
  exif.writeUInt16BE(orientation, 24);
  const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, exif.length + 2]), exif]);
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}
