/** Parts of pictures. */
import type { PixelImage } from '../image/pixels.ts';

export interface Rectangle {
  leftPx: number;
  topPx: number;
  widthPx: number;
  heightPx: number;
}

/** A copy of the part of `image` that lies in `part`, which must lie inside it. */
export function cropped(image: PixelImage, { leftPx, topPx, widthPx, heightPx }: Rectangle): PixelImage {
  const rgba = new Uint8Array(widthPx * heightPx * 4);
  for (let row = 0; row < heightPx; row++) {
    const start = ((topPx + row) * image.widthPx + leftPx) * 4;
    rgba.set(image.rgba.subarray(start, start + widthPx * 4), row * widthPx * 4);
  }
  return { widthPx, heightPx, rgba };
}

/** The middle square of side `sidePx`; a side of the picture that is shorter stays whole. */
export function middleOf(image: PixelImage, sidePx: number): PixelImage {
  const widthPx = Math.min(sidePx, image.widthPx);
  const heightPx = Math.min(sidePx, image.heightPx);
  const leftPx = Math.floor((image.widthPx - widthPx) / 2);
  const topPx = Math.floor((image.heightPx - heightPx) / 2);
  return cropped(image, { leftPx, topPx, widthPx, heightPx });
}

/**
 * `image` without 1 to 7 px on the left and at the top, drawn evenly: never a whole block of 8 px, so that what is
 * saved as JPEG afterwards lies on another grid than what was one before. A side of one pixel stays.
 */
export function offGrid(image: PixelImage, random: () => number): PixelImage {
  const cut = (lengthPx: number): number => Math.min(lengthPx - 1, 1 + Math.floor(random() * 7));
  const leftPx = cut(image.widthPx);
  const topPx = cut(image.heightPx);
  return cropped(image, {
    leftPx,
    topPx,
    widthPx: image.widthPx - leftPx,
    heightPx: image.heightPx - topPx,
  });
}
