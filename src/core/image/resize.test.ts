import { readFileSync } from 'node:fs';
import { decode, init } from '@jsquash/png/decode.js';
import { beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../../test/fixtures/resize/manifest.json' with { type: 'json' };
import { cropRaster, type Raster, shortSideSize } from './crop.ts';
import { resizeRaster, shortSideAndCenterCrop } from './resize.ts';
import { RESIZE_KERNELS, type ResizeKernel } from './resize-kernels.ts';

const fixtures = new URL('../../../test/fixtures/resize/', import.meta.url);

async function readRgba(name: string): Promise<Raster> {
  const { width, height, data } = await decode(new Uint8Array(readFileSync(new URL(name, fixtures))).buffer);
  return { widthPx: width, heightPx: height, channels: 4, data };
}

function rgbFromRgba(image: Raster): Raster {
  const data = image.data.filter((_, index) => index % 4 !== 3);
  return { ...image, channels: 3, data };
}

/** Deterministic noise with hard edges: every byte value, transparency included. */
function noise(widthPx: number, heightPx: number, channels: 3 | 4): Raster {
  let state = 0x2545f491;
  const data = Uint8Array.from({ length: widthPx * heightPx * channels }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return { widthPx, heightPx, channels, data };
}

/** Largest difference of any byte; -1 when the sizes differ. */
function maxDifference(actual: Raster, expected: Raster): number {
  if (actual.data.length !== expected.data.length || actual.widthPx !== expected.widthPx) return -1;
  let max = 0;
  for (let at = 0; at < actual.data.length; at++) {
    max = Math.max(max, Math.abs((actual.data[at] ?? 0) - (expected.data[at] ?? 0)));
  }
  return max;
}

function kernelOf(name: string): ResizeKernel {
  const kernel = RESIZE_KERNELS.find((known) => known === name);
  if (kernel === undefined) throw new Error(`unknown kernel ${name}`);
  return kernel;
}

beforeAll(async () => {
  const path = '../../../node_modules/@jsquash/png/codec/pkg/squoosh_png_bg.wasm';
  await init(await WebAssembly.compile(readFileSync(new URL(path, import.meta.url))));
});

describe('resizeRaster against Pillow 9.4', () => {
  it.each(manifest.items)('equals $output', async (item) => {
    const input = await readRgba(item.input);
    const expected = await readRgba(item.output);
    const target =
      item.mode === 'short'
        ? shortSideSize(input, Number(item.target))
        : { widthPx: item.width, heightPx: item.height };
    expect(target).toEqual({ widthPx: expected.widthPx, heightPx: expected.heightPx });
    const options = { kernel: kernelOf(item.kernel) };
    expect(maxDifference(resizeRaster(input, target, options), expected)).toBe(0);
    const rgb = resizeRaster(rgbFromRgba(input), target, options);
    expect(maxDifference(rgb, rgbFromRgba(expected))).toBe(0);
  });
});

describe('resizeRaster', () => {
  const targets = [
    { widthPx: 40, heightPx: 23 },
    { widthPx: 61, heightPx: 100 },
    { widthPx: 120, heightPx: 47 },
    { widthPx: 61, heightPx: 47 },
    { widthPx: 1, heightPx: 1 },
  ];

  it.each(RESIZE_KERNELS)('computes a window as it computes the whole (%s)', (kernel) => {
    const image = noise(61, 47, 4);
    for (const target of targets) {
      const window = {
        leftPx: Math.floor(target.widthPx / 3),
        topPx: Math.floor(target.heightPx / 2),
        widthPx: Math.ceil(target.widthPx / 3),
        heightPx: Math.ceil(target.heightPx / 3),
      };
      const whole = resizeRaster(image, target, { kernel });
      const part = resizeRaster(image, target, { kernel, window });
      expect(maxDifference(part, cropRaster(whole, window))).toBe(0);
    }
  });

  it.each(RESIZE_KERNELS)('keeps a flat picture flat (%s)', (kernel) => {
    for (const level of [0, 77, 255]) {
      const data = new Uint8Array(90 * 31 * 3).fill(level);
      const image: Raster = { widthPx: 90, heightPx: 31, channels: 3, data };
      for (const target of targets) {
        expect(resizeRaster(image, target, { kernel }).data.every((value) => value === level)).toBe(true);
      }
    }
  });

  it('treats the alpha channel as it treats a colour', () => {
    const image = noise(33, 29, 4);
    const swapped = { ...image, data: image.data.map((_, i) => image.data[i ^ 3] ?? 0) };
    const target = { widthPx: 17, heightPx: 40 };
    const resized = resizeRaster(image, target, { kernel: 'lanczos' }).data;
    const resizedSwapped = resizeRaster(swapped, target, { kernel: 'lanczos' }).data;
    expect(resizedSwapped.every((value, index) => value === resized[index ^ 3])).toBe(true);
  });

  it('keeps an opaque picture opaque and its colours independent of the alpha channel', () => {
    const image = noise(33, 29, 3);
    const rgba = new Uint8Array(33 * 29 * 4).fill(255);
    image.data.forEach((value, index) => {
      rgba[Math.floor(index / 3) * 4 + (index % 3)] = value;
    });
    const options = { kernel: 'lanczos' } as const;
    const target = { widthPx: 17, heightPx: 40 };
    const resized = resizeRaster({ ...image, channels: 4, data: rgba }, target, options);
    expect(resized.data.every((value, index) => index % 4 !== 3 || value === 255)).toBe(true);
    expect(maxDifference(rgbFromRgba(resized), resizeRaster(image, target, options))).toBe(0);
  });

  it('does not change or share the input', () => {
    const image = noise(20, 20, 3);
    const before = image.data.slice();
    const copy = resizeRaster(image, image, { kernel: 'bicubic' });
    copy.data.fill(0);
    expect(image.data).toEqual(before);
  });

  it('refuses sizes and data that do not fit', () => {
    const image = noise(4, 4, 3);
    const kernel = 'box';
    for (const widthPx of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => resizeRaster(image, { widthPx, heightPx: 4 }, { kernel })).toThrow(RangeError);
    }
    const short = { ...image, data: image.data.subarray(1) };
    expect(() => resizeRaster(short, { widthPx: 2, heightPx: 2 }, { kernel })).toThrow(RangeError);
    const window = { leftPx: 1, topPx: 0, widthPx: 2, heightPx: 2 };
    expect(() => resizeRaster(image, { widthPx: 2, heightPx: 2 }, { kernel, window })).toThrow(RangeError);
  });
});

describe('shortSideAndCenterCrop', () => {
  it('equals resizing and then cropping', () => {
    const image = noise(131, 97, 3);
    const resized = resizeRaster(image, { widthPx: 108, heightPx: 80 }, { kernel: 'lanczos' });
    const expected = cropRaster(resized, { leftPx: 14, topPx: 0, widthPx: 80, heightPx: 80 });
    const crop = { widthPx: 80, heightPx: 80 };
    const result = shortSideAndCenterCrop(image, { shortSidePx: 80, crop, kernel: 'lanczos' });
    expect(result.ok && maxDifference(result.value, expected)).toBe(0);
  });

  it('computes only the crop of a sliver', () => {
    const image = noise(30_000, 1, 3);
    const crop = { widthPx: 299, heightPx: 299 };
    const result = shortSideAndCenterCrop(image, { shortSidePx: 299, crop, kernel: 'bilinear' });
    expect(result.ok && result.value.data.length).toBe(299 * 299 * 3);
  });

  it('fails where the crop does not fit', () => {
    const crop = { widthPx: 11, heightPx: 11 };
    const result = shortSideAndCenterCrop(noise(20, 20, 3), { shortSidePx: 10, crop, kernel: 'box' });
    expect(result).toEqual({ ok: false, failure: 'crop-larger-than-image' });
  });
});
