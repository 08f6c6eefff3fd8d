/**
 * The heatmap's colours: P(generated) 0..1 on an absolute scale, so that two pictures can be compared. Never
 * stretched to a picture's own minimum and maximum: that would paint a hot spot into every clean photograph.
 */
import { NOT_LOOKED_AT, type PatchMap } from '../verdict.ts';

export type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/** Rectangle in pixels of the displayed image; may start at a half pixel. */
export interface Rectangle {
  leftPx: number;
  topPx: number;
  widthPx: number;
  heightPx: number;
}

/**
 * Dark blue over grey to yellow, equally spaced: lightness rises all the way (so it survives greyscale) and no two
 * stops differ only in red against green (so it survives colour blindness). The idea is cividis (Nuñez,
 * Anderton and Renslow 2018); stops are own.
 */
const STOPS: readonly (readonly [number, number, number])[] = [
  [0, 32, 81],
  [33, 63, 110],
  [81, 93, 115],
  [124, 123, 120],
  [164, 154, 110],
  [208, 190, 87],
  [255, 233, 69],
];
/** P up to which nothing is painted: low values would only darken the picture. */
const INVISIBLE_TO = 0.2;
/** P from which colour is opaque; the viewer's opacity comes on top. */
const OPAQUE_FROM = 0.5;

/** Colour of P(generated), channels 0..255; alpha rises from 0 at 0.2 to 255 at 0.5. Clamps P to 0..1. */
export function colourOf(probability: number): Rgba {
  const p = Math.min(1, Math.max(0, probability));
  const position = p * (STOPS.length - 1);
  const index = Math.min(STOPS.length - 2, Math.floor(position));
  const low = STOPS[index] ?? [0, 0, 0];
  const high = STOPS[index + 1] ?? low;
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(low[channel] + (high[channel] - low[channel]) * (position - index));
  const visible = Math.min(1, Math.max(0, (p - INVISIBLE_TO) / (OPAQUE_FROM - INVISIBLE_TO)));
  return [mix(0), mix(1), mix(2), Math.round(visible * 255)];
}

export interface LegendStop {
  probability: number;
  color: Rgba;
}

/** `count` (at least 2) equally spaced stops from P 0 to 1 for a legend. */
export const legendStops = (count = 11): LegendStop[] =>
  Array.from({ length: count }, (_, index) => {
    const probability = index / (count - 1);
    return { probability, color: colourOf(probability) };
  });

/**
 * One pixel a patch, row-major interleaved RGBA (straight alpha); patches that were not looked at are transparent.
 * Draw it stretched to `mapBounds(map)`.
 */
export function paintMap(map: PatchMap): {
  width: number;
  height: number;
  rgba: Uint8ClampedArray<ArrayBuffer>;
} {
  const rgba = new Uint8ClampedArray(map.rows * map.columns * 4);
  for (const [index, value] of map.values.entries()) {
    if (value !== NOT_LOOKED_AT) rgba.set(colourOf(value / 254), index * 4);
  }
  return { width: map.columns, height: map.rows, rgba };
}

/**
 * Where a patch is drawn, in image pixels: the square of one stride in the middle of its receptive field. Squares
 * of neighbours touch; the rim of half a receptive field that no patch is centred on stays bare.
 */
export function cellRectangle(map: PatchMap, row: number, column: number): Rectangle {
  const { sizePx, stridePx, offsetPx } = map.receptiveField;
  const inset = offsetPx + (sizePx - stridePx) / 2;
  return {
    leftPx: column * stridePx + inset,
    topPx: row * stridePx + inset,
    widthPx: stridePx,
    heightPx: stridePx,
  };
}

/** The rectangle that all cells fill together, in image pixels. */
export function mapBounds(map: PatchMap): Rectangle {
  const { leftPx, topPx, widthPx, heightPx } = cellRectangle(map, 0, 0);
  return { leftPx, topPx, widthPx: widthPx * map.columns, heightPx: heightPx * map.rows };
}
