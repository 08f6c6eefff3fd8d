import { describe, expect, it } from 'vitest';
import manifest from '../../../test/fixtures/resize/manifest.json' with { type: 'json' };
import { centerCropRectangle, cropRaster, type Raster, shortSideSize } from './crop.ts';

describe('short side and centre crop', () => {
  it.each(manifest.shortSideAndCenterCrop.cases)(
    'agrees with torchvision for $width x $height at $shortSide',
    (size) => {
      const resized = shortSideSize({ widthPx: size.width, heightPx: size.height }, size.shortSide);
      expect(resized).toEqual({ widthPx: size.resizedWidth, heightPx: size.resizedHeight });
      const crop = { widthPx: size.shortSide, heightPx: size.shortSide };
      expect(centerCropRectangle(resized, crop)).toEqual({
        ok: true,
        value: { leftPx: size.cropLeft, topPx: size.cropTop, ...crop },
      });
    },
  );

  it('rounds half offsets to even', () => {
    const crop = { widthPx: 2, heightPx: 2 };
    const offsets = [3, 5, 7, 9].map((side) => {
      const rectangle = centerCropRectangle({ widthPx: side, heightPx: 2 }, crop);
      return rectangle.ok ? rectangle.value.leftPx : undefined;
    });
    expect(offsets).toEqual([0, 2, 2, 4]);
  });
});

describe('cropRaster', () => {
  const image: Raster = {
    widthPx: 3,
    heightPx: 3,
    channels: 3,
    data: Uint8Array.from({ length: 27 }, (_, index) => index),
  };

  it('copies the rectangle', () => {
    const crop = cropRaster(image, { leftPx: 1, topPx: 1, widthPx: 2, heightPx: 2 });
    expect(crop).toEqual({
      widthPx: 2,
      heightPx: 2,
      channels: 3,
      data: Uint8Array.of(12, 13, 14, 15, 16, 17, 21, 22, 23, 24, 25, 26),
    });
  });

  it('refuses a rectangle outside the image', () => {
    for (const leftPx of [-1, 2, 0.5, Number.NaN]) {
      expect(() => cropRaster(image, { leftPx, topPx: 0, widthPx: 2, heightPx: 1 })).toThrow(RangeError);
    }
  });
});
