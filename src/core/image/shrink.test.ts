import { describe, expect, it } from 'vitest';
import { shrink } from './shrink.ts';

const picture = (widthPx: number, heightPx: number, value: (x: number, y: number) => number) => {
  const rgba = new Uint8Array(widthPx * heightPx * 4).fill(255);
  for (let index = 0; index < widthPx * heightPx; index++) {
    rgba.fill(value(index % widthPx, Math.floor(index / widthPx)), index * 4, index * 4 + 3);
  }
  return { widthPx, heightPx, rgba };
};

describe('shrink', () => {
  it('fits the longer side and keeps the proportions', () => {
    const { widthPx, heightPx } = shrink(
      picture(960, 480, () => 7),
      96,
    );
    expect([widthPx, heightPx]).toEqual([96, 48]);
    const sliver = shrink(
      picture(2000, 3, () => 7),
      96,
    );
    expect([sliver.widthPx, sliver.heightPx]).toEqual([96, 1]);
  });

  it('never enlarges, and then changes nothing', () => {
    const small = picture(5, 4, (x, y) => x * 40 + y);
    expect([...shrink(small, 96).rgba]).toEqual([...small.rgba]);
  });

  it('averages', () => {
    // Columns of 0 and 200 alternate: their mean is 100 wherever one looks.
    const stripes = shrink(
      picture(384, 384, (x) => (x % 2 === 0 ? 0 : 200)),
      96,
    );
    expect([...stripes.rgba.slice(0, 4)]).toEqual([100, 100, 100, 255]);
    const halves = shrink(
      picture(200, 100, (x) => (x < 100 ? 10 : 250)),
      2,
    );
    expect([...halves.rgba]).toEqual([10, 10, 10, 255, 250, 250, 250, 255]);
  });
});
