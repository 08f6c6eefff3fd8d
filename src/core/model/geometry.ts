/** Where a patch looks: receptive field, stride and grid size follow from the layer table alone. */
import type { Layer } from './card.ts';

export interface ReceptiveField {
  sizePx: number;
  stridePx: number;
  /** Left and top edge of the first patch; 0 because no layer pads. */
  offsetPx: number;
}

/**
 * Receptive field of one output patch of unpadded `layers`, in image pixels.
 * Recurrences of Araujo, Norris and Sim, "Computing receptive fields of convolutional networks" (2019), eq. 1-3.
 */
export function receptiveFieldOf(layers: readonly Layer[]): ReceptiveField {
  let sizePx = 1;
  let stridePx = 1;
  for (const layer of layers) {
    const window = windowOf(layer);
    sizePx += (window.size - 1) * stridePx;
    stridePx *= window.stride;
  }
  return { sizePx, stridePx, offsetPx: 0 };
}

/** Number of patches along a side of `lengthPx`: 0 when it is shorter than one receptive field. */
export function patchesAlong(lengthPx: number, field: ReceptiveField): number {
  if (lengthPx < field.sizePx) return 0;
  return Math.floor((lengthPx - field.sizePx) / field.stridePx) + 1;
}

/** Pixels that `patches` neighbouring patches cover together. */
export const pixelsUnder = (patches: number, field: ReceptiveField): number =>
  (patches - 1) * field.stridePx + field.sizePx;

/** Window and stride of a layer; element-wise layers look at one cell. */
function windowOf(layer: Layer): { size: number; stride: number } {
  if (layer.op === 'conv') return { size: layer.kernel, stride: layer.stride };
  if (layer.op === 'averagePool') return { size: layer.size, stride: layer.stride };
  return { size: 1, stride: 1 };
}
