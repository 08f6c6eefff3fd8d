import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import fixture from '../../../test/fixtures/degrade/pillow.json' with { type: 'json' };
import { nodeDecoders, waves } from '../../../test/support/pictures-by-hand.ts';
import type { PixelImage } from '../image/pixels.ts';
import type { SharedDecoders } from '../image/shared-decoders.ts';
import { initWebpEncoder, type WebpEncoder } from '../image/shared-encoders.ts';
import { type Degraded, degrade } from './degrade.ts';
import { parseChain } from './specification.ts';

let shared: SharedDecoders;
let encode: WebpEncoder;
beforeAll(async () => {
  shared = await nodeDecoders();
  const file = createRequire(import.meta.url).resolve('@jsquash/webp/codec/enc/webp_enc_simd.wasm');
  encode = await initWebpEncoder(new WebAssembly.Module(readFileSync(file)));
});

const degraded = async (image: PixelImage, text: string, inputName = 'a.png'): Promise<PixelImage> =>
  (await withQuality({ image, jpegQuality: null }, text, inputName)).image;

async function withQuality(before: Degraded, text: string, inputName = 'a.png'): Promise<Degraded> {
  const chain = parseChain(text);
  if (!chain.ok) throw new Error(chain.failure);
  const webp = async (pixels: PixelImage, quality: number) => {
    const decoded = await shared.webp(await encode(pixels, quality));
    if (decoded === null) throw new Error('not decoded');
    return decoded;
  };
  return degrade(before, chain.value, { inputName, webp });
}

async function opened(name: string): Promise<PixelImage> {
  const image = await shared.png(
    readFileSync(new URL(`../../../test/fixtures/resize/${name}`, import.meta.url)),
  );
  if (image === null) throw new Error(name);
  return image;
}

const rgbHash = ({ rgba }: PixelImage): string =>
  createHash('sha256')
    .update(rgba.filter((_, index) => index % 4 !== 3))
    .digest('hex');

describe('degrade against Pillow and SciPy', () => {
  it.each(fixture.cases)('gives the same pixels for $chain of $file', async ({ file, chain, sha256 }) => {
    expect(rgbHash(await degraded(await opened(file), chain))).toBe(sha256);
  });
});

describe('degrade', () => {
  const image = waves(61, 47);

  it('leaves the picture alone for none, and never writes into it', async () => {
    const before = Uint8Array.from(image.rgba);
    for (const chain of [
      'none',
      'flip',
      'jpeg:50',
      'blur:1',
      'noise:5',
      'gamma:2',
      'screenshot',
      'reencode',
    ]) {
      const result = await degraded(image, chain);
      expect(image.rgba, chain).toEqual(before);
      expect(
        result.rgba.every((value, index) => index % 4 !== 3 || value === 255),
        chain,
      ).toBe(true);
      expect(rgbHash(result) === rgbHash(image), chain).toBe(chain === 'none');
    }
  });

  it.each(['noise:5', 'screenshot', 'reencode'])(
    'draws %s from the name and the chain only',
    async (chain) => {
      const first = rgbHash(await degraded(image, chain, 'x/1.png'));
      expect(rgbHash(await degraded(image, chain, 'x/1.png'))).toBe(first);
      const others = await Promise.all([2, 3, 4].map((n) => degraded(image, chain, `x/${n}.png`)));
      expect(others.map(rgbHash).some((hash) => hash !== first)).toBe(true);
    },
  );

  it.each([
    ['none', 83],
    ['jpeg:75', 75],
    ['jpeg:75+none', 75],
    ['blur:1+jpeg:40', 40],
    ['jpeg:75+flip', null],
    ['jpeg:75+webp:90', null],
    ['crop:32', null],
  ])('says which JPEG quality a picture has after %s', async (chain, quality) => {
    expect((await withQuality({ image, jpegQuality: 83 }, chain)).jpegQuality).toBe(quality);
  });

  it.each([
    ['reencode', 75, 95],
    ['screenshot', 70, 92],
  ])('says which quality was drawn for %s', async (chain, least, most) => {
    const qualities: (number | null)[] = [];
    for (let index = 0; index < 8; index++) {
      const { jpegQuality } = await withQuality({ image, jpegQuality: null }, chain, `${index}.png`);
      qualities.push(jpegQuality);
      expect(jpegQuality).toBeGreaterThanOrEqual(least);
      expect(jpegQuality).toBeLessThanOrEqual(most);
    }
    expect(new Set(qualities).size).toBeGreaterThan(3);
  });

  it('adds noise of the deviation asked for', async () => {
    const grey = { widthPx: 200, heightPx: 200, rgba: new Uint8Array(160_000).fill(128) };
    for (let index = 3; index < grey.rgba.length; index += 4) grey.rgba[index] = 255;
    const { rgba } = await degraded(grey, 'noise:6');
    const offsets = Array.from(
      rgba.filter((_, index) => index % 4 !== 3),
      (value) => value - 128,
    );
    const mean = offsets.reduce((sum, offset) => sum + offset, 0) / offsets.length;
    const deviation = Math.sqrt(
      offsets.reduce((sum, offset) => sum + (offset - mean) ** 2, 0) / offsets.length,
    );
    expect(Math.abs(mean)).toBeLessThan(0.1);
    expect(deviation).toBeGreaterThan(5.9);
    expect(deviation).toBeLessThan(6.1);
  });

  it('keeps at least one pixel, and a chain goes from left to right', async () => {
    expect(await degraded(waves(3, 40), 'resize:0.1:box')).toMatchObject({ widthPx: 1, heightPx: 4 });
    const leftToRight = rgbHash(await degraded(image, 'gamma:2+jpeg:40'));
    expect(leftToRight).toBe(rgbHash(await degraded(await degraded(image, 'gamma:2'), 'jpeg:40')));
    expect(leftToRight).not.toBe(rgbHash(await degraded(image, 'jpeg:40+gamma:2')));
  });
});
