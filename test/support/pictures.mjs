/** Pictures for fixture pages: real ones cut from the demo's, small drawn ones, and hostile ones. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';
import decodeJpeg, { init as initJpegDecoder } from '@jsquash/jpeg/decode.js';
import encodeJpeg, { init as initJpegEncoder } from '@jsquash/jpeg/encode.js';
import encodeWebp, { init as initWebpEncoder } from '@jsquash/webp/encode.js';

/** @typedef {{ data: Uint8ClampedArray, width: number, height: number }} Raster */

const require = createRequire(import.meta.url);
const PICTURES = fileURLToPath(new URL('../../demo/pictures/', import.meta.url));

/** File names of the demo's pictures. */
export const demoNames = readdirSync(PICTURES).filter((name) => name.endsWith('.jpg'));

/** @param {string} name */
export const demoPicture = (name) => readFileSync(path.join(PICTURES, name));

/** @param {string} file */
const compile = (file) => WebAssembly.compile(readFileSync(require.resolve(file)));

/** The codecs look for the browser's `ImageData`, which Node has not. */
class NodeImageData {
  /** @param {Uint8ClampedArray} data @param {number} width @param {number} height */
  constructor(data, width, height) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}

/** @type {Promise<Raster[]> | undefined} */
let rasters;

/** Decodes the demo's pictures once per process. */
function demoRasters() {
  rasters ??= (async () => {
    Object.assign(globalThis, { ImageData: globalThis.ImageData ?? NodeImageData });
    await initJpegDecoder(await compile('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'));
    await initJpegEncoder(await compile('@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm'));
    const decoded = [];
    for (const name of demoNames) {
      decoded.push(/** @type {Raster} */ (await decodeJpeg(bufferOf(demoPicture(name)))));
    }
    return decoded;
  })();
  return rasters;
}

/** @param {Buffer} bytes */
const bufferOf = (bytes) => {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
};

/** @type {Map<string, Promise<Buffer>>} */
const crops = new Map();

/**
 * A JPEG (quality 90) cut from a demo picture; every `index` gives other pixels, and always the same ones.
 * @param {number} index
 * @param {{ widthPx?: number, heightPx?: number }} [size]
 */
export function crop(index, { widthPx = 320, heightPx = 240 } = {}) {
  const key = `${index}/${widthPx}x${heightPx}`;
  const known = crops.get(key);
  if (known) return known;
  const made = cutOut(index, widthPx, heightPx);
  crops.set(key, made);
  return made;
}

/** @param {number} index @param {number} widthPx @param {number} heightPx */
async function cutOut(index, widthPx, heightPx) {
  const window = await windowOf(index, widthPx, heightPx);
  return Buffer.from(await encodeJpeg(window, { quality: 90, progressive: false }));
}

/**
 * The pixels of `crop(index)` as a WebP file.
 * @param {number} index
 */
export async function webp(index) {
  const window = await windowOf(index, 256, 256);
  await initWebpEncoder(await compile('@jsquash/webp/codec/enc/webp_enc_simd.wasm'));
  return Buffer.from(await encodeWebp(window, { quality: 90 }));
}

/** @param {number} index @param {number} widthPx @param {number} heightPx */
async function windowOf(index, widthPx, heightPx) {
  const all = await demoRasters();
  const picture = all[index % all.length];
  if (picture === undefined) throw new Error('no demo pictures');
  const round = Math.floor(index / all.length);
  // Co-prime steps walk over different windows of the picture for hundreds of rounds.
  const left = wander(picture.width - widthPx, round * 37);
  const top = wander(picture.height - heightPx, round * 23);
  const data = new Uint8ClampedArray(widthPx * heightPx * 4);
  for (let row = 0; row < heightPx; row += 1) {
    const start = ((top + row) * picture.width + left) * 4;
    data.set(picture.data.subarray(start, start + widthPx * 4), row * widthPx * 4);
  }
  const raster = { data, width: widthPx, height: heightPx };
  return /** @type {ImageData} */ (/** @type {unknown} */ (raster));
}

/** A position from 0 to `range`, starting in the middle, where pictures are least flat. */
const wander = (/** @type {number} */ range, /** @type {number} */ way) =>
  (Math.floor(range / 2) + way) % Math.max(1, range);

/** @param {string} type @param {Buffer} body */
function pngChunk(type, body) {
  const chunk = Buffer.alloc(12 + body.length);
  chunk.writeUInt32BE(body.length, 0);
  chunk.write(type, 4, 'latin1');
  body.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + body.length)), 8 + body.length);
  return chunk;
}

const PNG_SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

/** @param {number} widthPx @param {number} heightPx */
function pngHeader(widthPx, heightPx) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(widthPx, 0);
  header.writeUInt32BE(heightPx, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([PNG_SIGNATURE, pngChunk('IHDR', header)]);
}

/**
 * An 8-bit RGB PNG drawn pixel by pixel.
 * @param {number} widthPx
 * @param {number} heightPx
 * @param {(x: number, y: number) => readonly [number, number, number]} colorAt
 */
export function png(widthPx, heightPx, colorAt) {
  const rowBytes = 1 + widthPx * 3;
  const rows = Buffer.alloc(rowBytes * heightPx);
  for (let y = 0; y < heightPx; y += 1) {
    for (let x = 0; x < widthPx; x += 1) rows.set(colorAt(x, y), y * rowBytes + 1 + x * 3);
  }
  return Buffer.concat([
    pngHeader(widthPx, heightPx),
    pngChunk('IDAT', deflateSync(rows)),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

/**
 * Textured pixels without any library: a fixed pseudo-random sequence over soft waves.
 * @param {number} seed
 * @returns {(x: number, y: number) => readonly [number, number, number]}
 */
export function texture(seed) {
  let state = (seed + 1) * 2_654_435_761;
  return (x, y) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const wave = 96 + 60 * Math.sin((x + seed) / 9) + 40 * Math.cos(y / 7);
    const noise = state >>> 27;
    return [wave + noise, wave / 2 + noise, 200 - wave / 2 + noise];
  };
}

/** One colour everywhere. */
export const flatPng = () => png(256, 256, () => [40, 90, 160]);

/** A PNG that declares 60,000 x 60,000 pixels and holds one row's worth of nothing. */
export const hugePng = () =>
  Buffer.concat([
    pngHeader(60_000, 60_000),
    pngChunk('IDAT', deflateSync(Buffer.alloc(1000))),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);

/** Position of the first frame header (SOF0..SOF2) of a JPEG. */
function frameHeaderAt(/** @type {Buffer} */ jpeg) {
  let position = 2;
  while (position < jpeg.length) {
    const marker = jpeg[position + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xc2) return position;
    position += 2 + jpeg.readUInt16BE(position + 2);
  }
  throw new Error('no frame header');
}

/**
 * The same JPEG declaring another size.
 * @param {Buffer} jpeg
 * @param {number} widthPx
 * @param {number} heightPx
 */
export function declaring(jpeg, widthPx, heightPx) {
  const copy = Buffer.from(jpeg);
  const position = frameHeaderAt(copy);
  copy.writeUInt16BE(heightPx, position + 5);
  copy.writeUInt16BE(widthPx, position + 7);
  return copy;
}

/**
 * The same JPEG with a comment: other bytes, same pixels.
 * @param {Buffer} jpeg
 * @param {string} comment
 */
export function commented(jpeg, comment) {
  const body = Buffer.from(comment, 'utf8');
  const segment = Buffer.alloc(4);
  segment.writeUInt16BE(0xfffe, 0);
  segment.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), segment, body, jpeg.subarray(2)]);
}

/** A GIF with plain, never growing codes: the dictionary is cleared before it would widen. */
export function gif(widthPx = 128, heightPx = 128) {
  const palette = Buffer.from(
    Array.from({ length: 128 }, (_, index) => [index * 2, (index * 5) % 256, 255 - index]).flat(),
  );
  const header = Buffer.alloc(13);
  header.write('GIF89a', 0, 'latin1');
  header.writeUInt16LE(widthPx, 6);
  header.writeUInt16LE(heightPx, 8);
  header.set([0b1111_0110, 0, 0], 10);
  const descriptor = Buffer.alloc(10);
  descriptor[0] = 0x2c;
  descriptor.writeUInt16LE(widthPx, 5);
  descriptor.writeUInt16LE(heightPx, 7);
  const colorAt = texture(3);
  const codes = [];
  for (let index = 0; index < widthPx * heightPx; index += 1) {
    if (index % 120 === 0) codes.push(128);
    const [red] = colorAt(index % widthPx, Math.floor(index / widthPx));
    codes.push(Math.min(127, Math.max(0, red >> 1)));
  }
  // Codes are 8 bits wide while the dictionary has fewer than 256 entries, so each is a byte.
  const data = Buffer.from([...codes, 129]);
  const blocks = [];
  for (let start = 0; start < data.length; start += 255) {
    const block = data.subarray(start, start + 255);
    blocks.push(Buffer.from([block.length]), block);
  }
  return Buffer.concat([header, palette, descriptor, Buffer.from([7]), ...blocks, Buffer.from([0, 0x3b])]);
}
