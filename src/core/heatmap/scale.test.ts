import { describe, expect, it } from 'vitest';
import { NOT_LOOKED_AT, type PatchMap } from '../verdict.ts';
import { cellRectangle, colourOf, legendStops, mapBounds, paintMap } from './scale.ts';

const map: PatchMap = {
  rows: 2,
  columns: 3,
  values: Uint8Array.of(0, 127, 254, NOT_LOOKED_AT, 254, 60),
  receptiveField: { sizePx: 49, stridePx: 8, offsetPx: 0 },
  widthPx: 65,
  heightPx: 57,
};

/** Relative luminance (WCAG 2) of an sRGB colour. */
const luminance = (probability: number): number => {
  const [red, green, blue] = colourOf(probability).map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
};

describe('the colour scale', () => {
  it('gets lighter all the way', () => {
    for (let step = 1; step <= 100; step++) {
      expect(luminance(step / 100)).toBeGreaterThan(luminance((step - 1) / 100));
    }
  });

  it('never turns red against green', () => {
    // Dichromats tell colours apart by lightness and by blue against yellow.
    for (let step = 0; step <= 100; step++) {
      const [red, green] = colourOf(step / 100);
      expect(Math.abs(red - green)).toBeLessThanOrEqual(35);
    }
  });

  it('is invisible where nothing was found, and clamps', () => {
    expect(colourOf(0.1)[3]).toBe(0);
    expect(colourOf(0.36)[3]).toBe(136);
    expect(colourOf(0.5)[3]).toBe(255);
    expect(colourOf(-3)).toEqual(colourOf(0));
    expect(colourOf(7)).toEqual(colourOf(1));
  });

  it('gives a legend from 0 to 1', () => {
    const stops = legendStops(3);
    expect(stops.map((stop) => stop.probability)).toEqual([0, 0.5, 1]);
    expect(stops[2]?.color).toEqual(colourOf(1));
  });
});

describe('painting', () => {
  it('is absolute: a value has one colour whatever its neighbours', () => {
    const painted = paintMap(map);
    expect([painted.width, painted.height]).toEqual([3, 2]);
    expect([...painted.rgba.slice(8, 12)]).toEqual([...colourOf(1)]);
    const alone = paintMap({ ...map, rows: 1, columns: 1, values: Uint8Array.of(127) });
    expect([...alone.rgba]).toEqual([...painted.rgba.slice(4, 8)]);
  });

  it('leaves out what was not looked at', () => {
    expect([...paintMap(map).rgba.slice(12, 16)]).toEqual([0, 0, 0, 0]);
  });

  it('places cells in the middle of their receptive fields', () => {
    expect(cellRectangle(map, 1, 2)).toEqual({ leftPx: 36.5, topPx: 28.5, widthPx: 8, heightPx: 8 });
    expect(mapBounds(map)).toEqual({ leftPx: 20.5, topPx: 20.5, widthPx: 24, heightPx: 16 });
  });
});
