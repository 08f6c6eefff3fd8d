import { describe, expect, it } from 'vitest';
import { noise } from '../../../test/support/noise.ts';
import { cropRaster, type Raster } from '../image/crop.ts';
import { resizeRaster, shortSideAndCenterCrop } from '../image/resize.ts';
import { NATIVE, preprocess, rasterOf, rgbOf } from './preprocess.ts';

const picture = (widthPx: number, heightPx: number, channels: 3 | 4 = 3): Raster => ({
  widthPx,
  heightPx,
  channels,
  data: noise(widthPx * heightPx * channels, 3),
});

describe('preprocess', () => {
  it('leaves a picture as it is', () => {
    const image = picture(17, 11);
    expect(preprocess(image, NATIVE)).toEqual(image);
  });

  it('resizes the short side and crops as the reference does', () => {
    const image = picture(90, 51);
    const [sizePx, kernel] = [40, 'lanczos' as const];
    const crop = { widthPx: 40, heightPx: 40 };
    const expected = shortSideAndCenterCrop(image, { shortSidePx: sizePx, crop, kernel });
    if (!expected.ok) throw new Error(expected.failure);
    expect(preprocess(image, { resize: { mode: 'short-side', sizePx, kernel }, centerCropPx: 40 })).toEqual(
      expected.value,
    );
  });

  it('forces both sides, then crops', () => {
    const image = picture(33, 70);
    const whole = resizeRaster(image, { widthPx: 24, heightPx: 24 }, { kernel: 'bilinear' });
    const found = preprocess(image, {
      resize: { mode: 'exact', sizePx: 24, kernel: 'bilinear' },
      centerCropPx: 20,
    });
    const expected = cropRaster(whole, { leftPx: 2, topPx: 2, widthPx: 20, heightPx: 20 });
    expect([...found.data]).toEqual([...expected.data]);
  });

  it('rounds the offsets of a crop half to even', () => {
    // Offsets 0.5 and 1.5 become 0 and 2.
    const image = picture(11, 13);
    const found = preprocess(image, { resize: { mode: 'never' }, centerCropPx: 10 });
    expect(found).toEqual(cropRaster(image, { leftPx: 0, topPx: 2, widthPx: 10, heightPx: 10 }));
  });

  it('puts a picture that is too small on black, and crops its long side', () => {
    const image = picture(5, 14);
    const found = preprocess(image, { resize: { mode: 'never' }, centerCropPx: 10 });
    expect(found).toMatchObject({ widthPx: 10, heightPx: 10 });
    for (let pixel = 0; pixel < 100; pixel++) {
      const [x, y] = [pixel % 10, Math.floor(pixel / 10)];
      const inside = x >= 2 && x < 7;
      const expected = inside ? image.data[((y + 2) * 5 + x - 2) * 3] : 0;
      expect(found.data[pixel * 3]).toBe(expected);
    }
  });

  it('computes only the crop of a sliver', () => {
    const found = preprocess(picture(1, 30_000), {
      resize: { mode: 'short-side', sizePx: 299, kernel: 'lanczos' },
      centerCropPx: 333,
    });
    expect(found).toMatchObject({ widthPx: 333, heightPx: 333 });
    expect(found.data.slice(0, 17 * 3).every((value) => value === 0)).toBe(true);
  });
});

describe('rgbOf', () => {
  it('leaves alpha out without applying it', () => {
    const rgba = Uint8Array.of(1, 2, 3, 0, 4, 5, 6, 255);
    expect([...rgbOf(rasterOf({ widthPx: 2, heightPx: 1, rgba }))]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...rgbOf({ widthPx: 1, heightPx: 1, channels: 3, data: Uint8Array.of(7, 8, 9) })]).toEqual([
      7, 8, 9,
    ]);
  });
});
