import { describe, expect, it } from 'vitest';
import { colourOf } from '../core/heatmap/scale.ts';
import { NOT_LOOKED_AT } from '../core/verdict.ts';
import { heatmapName, heatmapOver } from './heatmap.ts';

describe('heatmapOver', () => {
  /** Two patches of 4 px, 2 px apart, on a white picture of 6 x 4 px: cells of 2 x 2 px from (1, 1). */
  const picture = { widthPx: 6, heightPx: 4, rgba: new Uint8Array(6 * 4 * 4).fill(255) };
  const map = {
    rows: 1,
    columns: 2,
    values: Uint8Array.of(254, NOT_LOOKED_AT),
    receptiveField: { sizePx: 4, stridePx: 2, offsetPx: 0 },
    widthPx: 6,
    heightPx: 4,
  };
  const drawn = heatmapOver(picture, map);
  const at = (x: number, y: number) => [...drawn.rgba.subarray((y * 6 + x) * 4, (y * 6 + x) * 4 + 4)];

  it('colours the middle of a receptive field, and leaves the rest as it is', () => {
    const [red, green, blue] = colourOf(1);
    const mixed = [red, green, blue].map((colour) => Math.round(255 * 0.4 + colour * 0.6));
    for (const [x, y] of [
      [1, 1],
      [2, 2],
    ] as const)
      expect(at(x, y)).toEqual([...mixed, 255]);
    for (const [x, y] of [
      [0, 0],
      [0, 1],
      [3, 1],
      [4, 2],
      [1, 0],
      [1, 3],
    ] as const)
      expect(at(x, y)).toEqual([255, 255, 255, 255]);
  });

  it('leaves the picture itself alone', () => {
    expect(picture.rgba.every((value) => value === 255)).toBe(true);
  });
});

describe('heatmapName', () => {
  it('never gives two pictures the same file', () => {
    const taken = new Set<string>();
    const names = ['a/x.jpg', 'b/x.jpg', 'C\\X.JPG', 'x.png'].map((name) => heatmapName(name, taken));
    expect(names).toEqual([
      'x.jpg.heatmap.png',
      'x.jpg-2.heatmap.png',
      'X.JPG-3.heatmap.png',
      'x.png.heatmap.png',
    ]);
  });
});
