/** The heatmap over its picture, as pixels. */
import { mapBounds, paintMap } from '../core/heatmap/scale.ts';
import type { PixelImage } from '../core/image/pixels.ts';
import type { PatchMap } from '../core/verdict.ts';

/** Most that colour covers, so that the picture stays recognisable below it. */
const OPACITY = 0.6;

/**
 * `picture` under the colours of `map`, which was computed from it: the same absolute scale as in the browser, every
 * patch drawn as the square in the middle of its receptive field, nothing smoothed.
 */
export function heatmapOver(picture: PixelImage, map: PatchMap): PixelImage {
  const { widthPx, heightPx } = picture;
  const { leftPx, topPx } = mapBounds(map);
  const { stridePx } = map.receptiveField;
  const painted = paintMap(map);
  const rgba = new Uint8Array(picture.rgba);
  for (let y = 0; y < heightPx; y++) {
    const row = Math.floor((y + 0.5 - topPx) / stridePx);
    if (row < 0 || row >= map.rows) continue;
    for (let x = 0; x < widthPx; x++) {
      const column = Math.floor((x + 0.5 - leftPx) / stridePx);
      if (column < 0 || column >= map.columns) continue;
      const from = (row * map.columns + column) * 4;
      const share = ((painted.rgba[from + 3] ?? 0) / 255) * OPACITY;
      const to = (y * widthPx + x) * 4;
      for (let channel = 0; channel < 3; channel++) {
        const colour = painted.rgba[from + channel] ?? 0;
        rgba[to + channel] = Math.round((rgba[to + channel] ?? 0) * (1 - share) + colour * share);
      }
    }
  }
  return { widthPx, heightPx, rgba };
}

/** A name in the heatmaps' folder for the picture at `input`; a number is added where `taken` has it already. */
export function heatmapName(input: string, taken: Set<string>): string {
  const base = input.slice(Math.max(input.lastIndexOf('/'), input.lastIndexOf('\\')) + 1);
  let name = `${base}.heatmap.png`;
  for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${base}-${count}.heatmap.png`;
  taken.add(name.toLowerCase());
  return name;
}
