import { beforeAll, describe, expect, it } from 'vitest';
import { noise } from '../../../test/support/noise.ts';
import {
  jpegOf,
  losslessWebpOf,
  PNG_SIGNATURE,
  pngChunk,
  pngFile,
  pngOf,
  waves,
  withOrientation,
} from '../../../test/support/pictures-by-hand.ts';
import { walkJpeg } from './jpeg-structure.ts';
import { sniff } from './sniff.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const bytesOf = (latin1: string): Uint8Array => Uint8Array.from(Buffer.from(latin1, 'latin1'));
const frameHeader = (code: number, widthPx: number, heightPx: number, components = 3): Uint8Array =>
  Uint8Array.of(
    ...[0xff, code, 0, 8 + 3 * components, 8, heightPx >> 8, heightPx & 255, widthPx >> 8, widthPx & 255],
    ...[components, ...Array.from({ length: components }, (_, index) => [index + 1, 0x11, 0]).flat()],
  );
const join = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
const START = Uint8Array.of(0xff, 0xd8);
const SCAN = Uint8Array.of(0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0);
const END = Uint8Array.of(0xff, 0xd9);
const GIF = bytesOf('GIF89a\x0a\0\x05\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x0a\0\x05\0\0\x02\x02\x44\x01\0;');
const BMP = bytesOf(
  `BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x78\0\0\0\x64\0\0\0\x01\0\x18\0${'\0'.repeat(24)}`,
);
const box = (type: string, content: Uint8Array): Uint8Array => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + content.length);
  head.write(type, 4);
  return join(head, content);
};
const ispe = box('ispe', bytesOf('\0\0\0\0\0\0\x01\x40\0\0\0\xf0'));
const metadata = (properties: Uint8Array) =>
  box('meta', join(new Uint8Array(4), box('iprp', box('ipco', properties))));
const avif = (brands: string, properties: Uint8Array = ispe) =>
  join(box('ftyp', bytesOf(brands)), metadata(properties));

let jpeg: Uint8Array;
let webp: Uint8Array;
const png = pngOf(waves(20, 10));
beforeAll(async () => {
  jpeg = await jpegOf(waves(40, 24));
  webp = await losslessWebpOf(waves(21, 13));
});

describe('sniff, accepted', () => {
  it('reads each format', () => {
    const table: [Uint8Array, string, number, number, 'file' | 'canvas'][] = [
      [jpeg, 'jpeg', 40, 24, 'file'],
      [png, 'png', 20, 10, 'file'],
      [webp, 'webp', 21, 13, 'file'],
      [GIF, 'gif', 10, 5, 'canvas'],
      [BMP, 'bmp', 120, 100, 'canvas'],
      [avif('avif\0\0\0\0mif1'), 'avif', 320, 240, 'canvas'],
      [avif('avis\0\0\0\0avifmiaf'), 'avif', 320, 240, 'canvas'],
      [avif('mif1\0\0\0\0avifmiaf'), 'avif', 320, 240, 'canvas'],
    ];
    for (const [bytes, format, widthPx, heightPx, readableBy] of table) {
      const facts = { format, widthPx, heightPx, sizeBytes: bytes.length };
      expect(sniff(bytes), format).toMatchObject({
        ok: true,
        value: { format, facts, readableBy, orientation: 1 },
      });
    }
  });

  it('turns the declared size by EXIF orientation', () => {
    expect(sniff(withOrientation(jpeg, 6))).toMatchObject({
      value: { facts: { widthPx: 24, heightPx: 40 }, orientation: 6 },
    });
    expect(sniff(withOrientation(jpeg, 3))).toMatchObject({
      value: { facts: { widthPx: 40, heightPx: 24 }, orientation: 3 },
    });
    expect(sniff(withOrientation(jpeg, 77))).toMatchObject({ value: { orientation: 1 } });
  });

  it('sends CMYK and animation to the canvas', () => {
    const cmyk = join(START, frameHeader(0xc0, 30, 30, 4), SCAN, END);
    expect(sniff(cmyk)).toMatchObject({ ok: true, value: { readableBy: 'canvas' } });
    const animated = bytesOf(`RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x63\0\0\x31\0\0`);
    expect(sniff(animated)).toMatchObject({
      ok: true,
      value: { readableBy: 'canvas', facts: { widthPx: 100, heightPx: 50 } },
    });
  });

  it('finds a JPEG complete with bytes behind its end, and a GIF without trailer', () => {
    expect(sniff(join(jpeg, noise(100)))).toMatchObject({ ok: true });
    expect(sniff(GIF.subarray(0, -1))).toMatchObject({ ok: true });
  });
});

describe('sniff, refused', () => {
  it.each<[string, Uint8Array, string, string?]>([
    ['nothing', new Uint8Array(), 'not-an-image'],
    ['a web page', text('<!doctype html><html><svg></svg></html>'), 'not-an-image'],
    ['a page without doctype', text('<!-- x --><html><body><svg>'), 'not-an-image'],
    ['JSON', text('{"error": 1}'), 'not-an-image'],
    ['a text that starts with BM', text('BMW announces a new model today, and more'), 'not-an-image'],
    [
      'SVG',
      text('\ufeff<?xml version="1.0"?>\n<!-- made by hand -->\n<svg xmlns="x">'),
      'unsupported-format',
      'SVG',
    ],
    ['an icon', bytesOf('\0\0\x01\0\x01\0\x10\x10'), 'unsupported-format', 'ICO'],
    ['HEIC', avif('heic\0\0\0\0mif1heic'), 'unsupported-format', 'HEIC'],
    ['TIFF', bytesOf('II*\0\x08\0\0\0'), 'unsupported-format', 'TIFF'],
    [
      'a huge JPEG',
      join(START, frameHeader(0xc2, 60000, 60000), SCAN, END),
      'too-many-pixels',
      '60000 x 60000 px',
    ],
    [
      'a huge JPEG with a small frame header behind it',
      join(START, frameHeader(0xc0, 60000, 60000), frameHeader(0xc0, 10, 10), SCAN, END),
      'too-many-pixels',
    ],
    [
      'a huge PNG',
      pngFile({ widthPx: 60000, heightPx: 60000, depth: 8, colourType: 0, scanlines: new Uint8Array(60000) }),
      'too-many-pixels',
    ],
    [
      'a PNG without pixels',
      pngFile({ widthPx: 0, heightPx: 5, depth: 8, colourType: 0, scanlines: new Uint8Array(5) }),
      'corrupt',
    ],
    [
      'a PNG that starts with another chunk',
      join(PNG_SIGNATURE, pngChunk('IEND', new Uint8Array()), new Uint8Array(20)),
      'corrupt',
    ],
    ['an AVIF without size', avif('avif\0\0\0\0mif1', box('free', new Uint8Array(8))), 'corrupt'],
  ])('%s', (_name, bytes, reason, detail) => {
    expect(sniff(bytes)).toEqual({
      ok: false,
      failure: {
        state: 'failed',
        reason,
        ...(detail === undefined && reason !== 'too-many-pixels'
          ? {}
          : { detail: detail ?? expect.any(String) }),
      },
    });
  });

  it('calls every cut of a file truncated', () => {
    const cases: [string, Uint8Array, number][] = [
      ['jpeg', jpeg, 3],
      ['png', png, 9],
      ['webp', webp, 16],
      ['gif', GIF, 13],
    ];
    for (const [name, bytes, shortest] of cases) {
      for (const length of [shortest, shortest + 9, Math.floor(bytes.length / 2), bytes.length - 2]) {
        expect(sniff(bytes.subarray(0, length)), `${name} cut to ${length}`).toMatchObject({
          failure: { reason: 'truncated' },
        });
      }
    }
  });

  it('survives noise behind every signature, and time-wasting headers, quickly', () => {
    const started = performance.now();
    const heads = [
      '\xff\xd8\xff',
      '\x89PNG\r\n\x1a\n',
      'GIF89a',
      'RIFF\x10\0\0\0WEBPVP8X',
      '\0\0\0\x18ftypavif',
      'BM1234567890\x28\0\0\0',
    ];
    for (const head of heads) {
      for (let seed = 1; seed <= 40; seed++)
        expect(sniff(join(bytesOf(head), noise(3000, seed)))).toHaveProperty('ok');
    }
    const clap = box('clap', new Uint8Array(0));
    const boxes = join(
      ...Array.from({ length: 3000 }, () => ispe),
      ...Array.from({ length: 60_000 }, () => clap),
    );
    expect(sniff(avif('avif\0\0\0\0mif1', boxes))).toHaveProperty('ok');
    expect(sniff(join(START, new Uint8Array(4e6).fill(0xff)))).toHaveProperty('ok');
    expect(sniff(join(PNG_SIGNATURE, new Uint8Array(4e6)))).toHaveProperty('ok');
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('walkJpeg', () => {
  it('skips fill bytes and standalone markers', () => {
    const odd = join(
      START,
      Uint8Array.of(0xff, 0xff, 0xff, 0x01, 0x00),
      frameHeader(0xc1, 7, 9, 1),
      SCAN,
      END,
    );
    expect(walkJpeg(odd)).toEqual({ widthPx: 7, heightPx: 9, components: 1, precision: 8, complete: true });
  });

  it('does not take a thumbnail in a segment for the picture, nor its end for the end', () => {
    const thumbnail = join(START, frameHeader(0xc0, 3, 3), SCAN, END);
    const segment = join(Uint8Array.of(0xff, 0xe1, 0, 2 + thumbnail.length), thumbnail);
    const whole = join(START, segment, frameHeader(0xc0, 90, 80), SCAN);
    expect(walkJpeg(whole)).toMatchObject({ widthPx: 90, heightPx: 80, complete: false });
  });
});
