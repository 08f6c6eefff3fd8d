import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { noise } from '../../../test/support/noise.ts';
import {
  jpegOf,
  losslessWebpOf,
  nodeDecoders,
  pngChunk,
  pngFile,
  pngOf,
  waves,
  withOrientation,
} from '../../../test/support/pictures-by-hand.ts';
import { success } from '../result.ts';
import { type CanvasDecoder, decodeImage } from './decode.ts';
import { orient } from './orientation.ts';
import { flattenOverWhite } from './pixels.ts';
import type { SharedDecoders } from './shared-decoders.ts';
import { sniff } from './sniff.ts';

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../test/fixtures/decode/${name}`, import.meta.url)));

let shared: SharedDecoders;
beforeAll(async () => {
  shared = await nodeDecoders();
});

async function decode(bytes: Uint8Array, canvas: CanvasDecoder | null = null) {
  const sniffed = sniff(bytes);
  if (!sniffed.ok) throw new Error(sniffed.failure.reason);
  return decodeImage(bytes, sniffed.value, { shared, canvas });
}
async function pixels(bytes: Uint8Array) {
  const decoded = await decode(bytes);
  if (!decoded.ok) throw new Error(decoded.failure.reason);
  return { ...decoded.value.image, rgba: [...decoded.value.image.rgba] };
}
const plain = ({ widthPx, heightPx, rgba }: ReturnType<typeof waves>) => ({
  widthPx,
  heightPx,
  rgba: [...rgba],
});

describe('the shared decoder', () => {
  const picture = waves(37, 23);

  it('returns lossless pictures bit by bit', async () => {
    expect(await pixels(pngOf(picture))).toEqual(plain(picture));
    expect(await pixels(await losslessWebpOf(picture))).toEqual(plain(picture));
  });

  // The hashes are also those of Chromium 156 (createImageBitmap without colour conversion); the same decoder was
  // measured to be identical to libjpeg-turbo in Pillow.
  it.each([
    ['waves-420.jpg', '6c52471fccd932d81c85b846721d03de94333b817175b2f8e7e7540f15a2357f'],
    ['waves-444-progressive.jpg', 'cca41452457604c2831479cb9f5a7952873542fa0774eb6378637eea6cd833d5'],
    ['waves-grey.jpg', '66b1bcb78f77dd57219ef903ea5e076567b7684365147e29e3a6948f2305b779'],
  ])('returns the pixels of %s as other decoders do', async (name, sha256) => {
    const { rgba } = await pixels(fixture(name));
    expect(createHash('sha256').update(Uint8Array.from(rgba)).digest('hex')).toBe(sha256);
  });

  it('leaves CMYK to a canvas', async () => {
    expect(await decode(fixture('waves-cmyk.jpg'))).toMatchObject({
      failure: { reason: 'unsupported-format' },
    });
  });

  it('applies EXIF orientation once', async () => {
    const jpeg = await jpegOf(picture);
    const upright = await decode(jpeg);
    if (!upright.ok) throw new Error('not decoded');
    for (let orientation = 1; orientation <= 8; orientation++) {
      expect(await pixels(withOrientation(jpeg, orientation)), String(orientation)).toEqual(
        plain(orient(upright.value.image, orientation)),
      );
    }
  });

  it('turns a PNG by its eXIf chunk, in either byte order', async () => {
    const turned = plain(orient(picture, 6));
    const big = Buffer.from('4d4d002a000000080001' + '011200030000000100060000' + '00000000', 'hex');
    const little = Buffer.from('49492a00080000000100' + '120103000100000006000000' + '00000000', 'hex');
    for (const exif of [big, little])
      expect(await pixels(pngOf(picture, [pngChunk('eXIf', exif)]))).toEqual(turned);
    for (const broken of [big.subarray(0, 15), Buffer.alloc(40, 0xff), Buffer.alloc(0)]) {
      expect(await pixels(pngOf(picture, [pngChunk('eXIf', broken)]))).toEqual(plain(picture));
    }
  });

  it('reads palettes, grey, 16 bits, transparency and the first picture of an APNG', async () => {
    const palette = pngFile({
      ...{ widthPx: 2, heightPx: 1, depth: 8, colourType: 3, scanlines: Uint8Array.of(1, 0) },
      extra: [pngChunk('PLTE', Uint8Array.of(10, 20, 30, 200, 100, 50)), pngChunk('tRNS', Uint8Array.of(0))],
    });
    expect((await pixels(palette)).rgba).toEqual([200, 100, 50, 255, 255, 255, 255, 255]);
    const grey = pngFile({
      widthPx: 2,
      heightPx: 1,
      depth: 1,
      colourType: 0,
      scanlines: Uint8Array.of(0b01000000),
    });
    expect((await pixels(grey)).rgba).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
    const deep = pngFile({
      widthPx: 1,
      heightPx: 1,
      depth: 16,
      colourType: 2,
      scanlines: Uint8Array.of(0x12, 0x34, 0xff, 0xff, 0, 0x10),
    });
    expect((await pixels(deep)).rgba).toEqual([0x12, 0xff, 0, 255]);
    const animation = pngChunk('acTL', Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0));
    expect(await pixels(pngOf(picture, [animation]))).toEqual(plain(picture));
  });

  it('gives up on damaged files and goes on with the next', async () => {
    const jpeg = await jpegOf(picture);
    const png = Uint8Array.from(pngOf(picture));
    png.set(noise(20, 3), 60);
    // Frame and scan header of a grey picture, but no tables.
    const bare = 'ffd8' + 'ffc0000b080008000801011100' + 'ffda0008010100003f00' + 'ffd9';
    const brokenJpeg = Uint8Array.from(Buffer.from(bare, 'hex'));
    for (const bytes of [png, brokenJpeg]) {
      expect(await decode(bytes)).toEqual({ ok: false, failure: { state: 'failed', reason: 'corrupt' } });
    }
    expect(await pixels(pngOf(picture))).toEqual(plain(picture));
    expect((await pixels(jpeg)).widthPx).toBe(37);
    expect(shared.heapBytes()).toBeGreaterThan(1e6);
    expect(shared.isWorn()).toBe(false);
  });

  it('leaves to a canvas what it cannot read', async () => {
    const gif = Uint8Array.from(
      Buffer.from(
        'GIF89a\x0a\0\x05\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x0a\0\x05\0\0\x02\x02\x44\x01\0;',
        'latin1',
      ),
    );
    expect(await decode(gif)).toMatchObject({ failure: { reason: 'unsupported-format', detail: 'GIF' } });
    const halfBlack = { widthPx: 1, heightPx: 1, rgba: Uint8Array.of(0, 0, 0, 128) };
    expect(await decode(gif, async () => success(halfBlack))).toEqual({
      ok: true,
      value: {
        pixelPath: 'canvas',
        image: { widthPx: 1, heightPx: 1, rgba: Uint8Array.of(127, 127, 127, 255) },
      },
    });
  });
});

describe('orientation', () => {
  // a b c
  // d e f
  const image = {
    widthPx: 3,
    heightPx: 2,
    rgba: Uint8Array.from([...'abcdef'].flatMap((letter) => [letter.charCodeAt(0), 0, 0, 255])),
  };

  it.each([
    [1, 3, 'abcdef'],
    [2, 3, 'cbafed'],
    [3, 3, 'fedcba'],
    [4, 3, 'defabc'],
    [5, 2, 'adbecf'],
    [6, 2, 'daebfc'],
    [7, 2, 'fcebda'],
    [8, 2, 'cfbead'],
    [0, 3, 'abcdef'],
    [9, 3, 'abcdef'],
  ])('%i', (orientation, widthPx, letters) => {
    const turned = orient(image, orientation);
    expect(turned.widthPx).toBe(widthPx);
    expect(String.fromCharCode(...turned.rgba.filter((_, index) => index % 4 === 0))).toBe(letters);
  });

  it('turns pixels that do not start on a word', () => {
    const shifted = new Uint8Array(25);
    shifted.set(image.rgba, 1);
    expect(orient({ ...image, rgba: shifted.subarray(1) }, 3)).toEqual(orient(image, 3));
  });
});

describe('flattenOverWhite', () => {
  it('rounds as exact arithmetic does, for every colour and alpha', () => {
    let wrong = 0;
    for (let alpha = 0; alpha < 256; alpha++) {
      const rgba = new Uint8Array(256 * 4);
      for (let colour = 0; colour < 256; colour++) rgba.set([colour, colour, colour, alpha], colour * 4);
      flattenOverWhite({ widthPx: 256, heightPx: 1, rgba });
      for (let colour = 0; colour < 256; colour++) {
        if (rgba[colour * 4] !== Math.round((colour * alpha + 255 * (255 - alpha)) / 255)) wrong += 1;
      }
    }
    expect(wrong).toBe(0);
  });
});
