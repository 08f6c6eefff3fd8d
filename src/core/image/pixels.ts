/** Decoded pixels, whatever decoded them. */

/** `widthPx * heightPx` pixels, interleaved R, G, B, A of 0..255, rows from the top. */
export interface PixelImage {
  widthPx: number;
  heightPx: number;
  rgba: Uint8Array | Uint8ClampedArray;
}

/**
 * Lays `image` over white in place and makes it opaque; straight (not premultiplied) alpha in.
 * The rounded division by 255 is exact for the range and the same as in Pillow's `paste` (MULDIV255), so that
 * training and browser see the same integers.
 */
export function flattenOverWhite({ rgba }: PixelImage): void {
  for (let index = 3; index < rgba.length; index += 4) {
    const alpha = rgba[index] ?? 255;
    if (alpha === 255) continue;
    for (let channel = index - 3; channel < index; channel++) {
      const sum = (rgba[channel] ?? 0) * alpha + 255 * (255 - alpha) + 128;
      rgba[channel] = (sum + (sum >> 8)) >> 8;
    }
    rgba[index] = 255;
  }
}

/** Whether any pixel is not fully opaque. */
export function hasTransparency({ rgba }: PixelImage): boolean {
  for (let index = 3; index < rgba.length; index += 4) if (rgba[index] !== 255) return true;
  return false;
}
