import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { noise } from '../../../test/support/noise.ts';
import { jpegOf, waves, withOrientation } from '../../../test/support/pictures-by-hand.ts';
import { jpegFacts } from './jpeg-facts.ts';
import { jpegQuality } from './jpeg-quality.ts';

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../../test/fixtures/decode/${name}.jpg`, import.meta.url)));
const SEGMENT_HEAD = 4;
const segment = (marker: number, body: Uint8Array | string): Buffer => {
  const bytes = Buffer.from(body as string, 'latin1');
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(bytes.length + 2, 2);
  return Buffer.concat([head, bytes]);
};
const withSegment = (jpeg: Uint8Array, marker: number, body: Uint8Array | string) =>
  Buffer.concat([jpeg.subarray(0, 2), segment(marker, body), jpeg.subarray(2)]);

describe('jpegFacts', () => {
  it.each([
    ['waves-420', '4:2:0', false],
    ['waves-444-progressive', '4:4:4', true],
    ['waves-grey', 'grey', false],
    ['waves-cmyk', 'other', false],
  ] as const)('reads how %s was written', (name, subsampling, progressive) => {
    expect(jpegFacts(fixture(name))).toMatchObject({ subsampling, progressive });
  });

  it('finds metadata only where its segment promises it', async () => {
    const bare = await jpegOf(waves(32, 32));
    expect(jpegFacts(bare)).toMatchObject({ hasExif: false, hasIcc: false });
    expect(jpegFacts(withOrientation(bare, 3))).toMatchObject({ hasExif: true, hasIcc: false });
    const profile = withSegment(bare, 0xe2, 'ICC_PROFILE\0\x01\x01');
    expect(jpegFacts(profile)).toMatchObject({ hasExif: false, hasIcc: true });
    expect(jpegFacts(withSegment(bare, 0xe1, 'http://ns.adobe.com/Exif\0'))).toMatchObject({
      hasExif: false,
    });
  });

  it('passes over a thumbnail with tables of its own', async () => {
    const jpeg = await jpegOf(waves(32, 32), 90);
    const thumbnail = await jpegOf(waves(16, 16), 20);
    const outer = withSegment(jpeg, 0xe1, Buffer.concat([Buffer.from('Exif\0\0'), thumbnail]));
    expect(jpegFacts(outer)?.luma).toEqual(jpegFacts(jpeg)?.luma);
  });

  it('reads tables of 16 bits and the last definition of a table', async () => {
    const jpeg = await jpegOf(waves(32, 32), 90);
    const wide = Buffer.alloc(129);
    wide[0] = 0x10;
    for (let index = 0; index < 64; index++) wide.writeUInt16BE(300 + index, 1 + index * 2);
    const before = withSegment(jpeg, 0xdb, wide);
    expect(jpegFacts(before)?.luma).toEqual(jpegFacts(jpeg)?.luma);
    const scan = jpeg.indexOf(0xda) - 1;
    const after = Buffer.concat([jpeg.subarray(0, scan), segment(0xdb, wide), jpeg.subarray(scan)]);
    expect(jpegFacts(after)?.luma?.slice(0, 3)).toEqual([300, 301, 302]);
  });

  it('is null without a frame header', () => {
    expect(jpegFacts(Uint8Array.of(0xff, 0xd8, 0xff, 0xda, 0, 8))).toBeNull();
    expect(jpegFacts(new Uint8Array())).toBeNull();
  });

  it('answers on any damage: cuts, noise, huge lengths', async () => {
    const jpeg = Buffer.from(await jpegOf(waves(48, 32)));
    const random = noise(4096, 11);
    for (let cut = 0; cut < 700; cut++) jpegFacts(jpeg.subarray(0, cut));
    for (let round = 0; round < 1500; round++) {
      const damaged = Buffer.from(jpeg);
      for (let hit = 0; hit < 4; hit++) {
        const at = round * 8 + hit * 2;
        const place = ((random[at % 4096] ?? 0) * 256 + (random[(at + 1) % 4096] ?? 0)) % 640;
        damaged[place] = random[(at * 7 + 3) % 4096] ?? 0;
      }
      const facts = jpegFacts(damaged);
      const quality = facts === null ? null : jpegQuality(facts);
      if (quality !== null) expect(quality.quality).toBeGreaterThanOrEqual(1);
    }
    jpegFacts(noise(2 ** 20, 5));
    jpegFacts(new Uint8Array(2 ** 20).fill(0xff));
    expect(jpegFacts(jpeg.subarray(0, SEGMENT_HEAD))).toBeNull();
  });
});

describe('jpegQuality', () => {
  it.each([1, 10, 25, 49, 50, 75, 90, 96, 100])('recognises libjpeg at %i', async (quality) => {
    const facts = jpegFacts(await jpegOf(waves(32, 32), quality));
    expect(facts === null ? null : jpegQuality(facts)).toEqual({ quality, isStandard: true });
  });

  it('names the nearest setting of tables that are not standard', async () => {
    const facts = jpegFacts(await jpegOf(waves(32, 32), 80));
    const luma = facts?.luma?.map((step, index) => (index === 5 ? step + 1 : step)) ?? null;
    expect(jpegQuality({ luma, chroma: facts?.chroma ?? null })).toEqual({ quality: 80, isStandard: false });
    // Canon's usual first table of a camera JPEG, about 97.
    const fine = Array.from({ length: 64 }, (_, index) => 1 + Math.floor(index / 16));
    const nearest = jpegQuality({ luma: fine, chroma: null });
    expect(nearest?.isStandard).toBe(false);
    expect(nearest?.quality).toBeGreaterThan(94);
  });

  it('is null without tables', () => {
    expect(jpegQuality({ luma: null, chroma: null })).toBeNull();
  });
});
