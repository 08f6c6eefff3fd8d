/** Where a patch looks: receptive field, stride and grid size follow from the layer table alone. */
import { branchesOf, dilatedSize, type SourceLayer } from './layer.ts';

export interface ReceptiveField {
  sizePx: number;
  stridePx: number;
  /** Left and top edge of the first patch; negative where layers pad, so that it begins outside the picture. */
  offsetPx: number;
}

/** Pixels from `startPx` up to but not including `stopPx`. */
export interface PixelRange {
  startPx: number;
  stopPx: number;
}

/**
 * Receptive field of one output patch of `layers`, in image pixels; patch (r, c) looks at rows from
 * `offsetPx + r * stridePx`. For a `diagonalBand` network it is the smallest square that holds every patch's field at
 * every picture size. Throws when branches have different strides.
 * Recurrences of Araujo, Norris and Sim, "Computing receptive fields of convolutional networks" (2019), eq. 1-3.
 */
export function receptiveFieldOf(layers: readonly SourceLayer[]): ReceptiveField {
  const { first, last, stride } = widen({ first: 0, last: 0, stride: 1 }, layers);
  return { sizePx: last - first + 1, stridePx: stride, offsetPx: first };
}

/** First and last pixel that cell 0 of a feature map looks at, and pixels from cell to cell. */
interface Extent {
  first: number;
  last: number;
  stride: number;
}

function widen(from: Extent, layers: readonly SourceLayer[]): Extent {
  let extent = from;
  for (const layer of layers) {
    const start = extent;
    const branches = branchesOf(layer)?.map((branch) => widen(start, branch));
    extent = branches === undefined ? through(start, windowOf(layer)) : union(branches);
  }
  return extent;
}

const through = ({ first, last, stride }: Extent, window: Window): Extent => ({
  first: first - window.before * stride,
  last: last + (window.size - 1 - window.before) * stride,
  stride: stride * window.stride,
});

function union(branches: readonly Extent[]): Extent {
  const [{ stride } = { stride: 1 }] = branches;
  if (branches.some((branch) => branch.stride !== stride)) throw new Error('branches of different strides');
  return {
    first: Math.min(...branches.map(({ first }) => first)),
    last: Math.max(...branches.map(({ last }) => last)),
    stride,
  };
}

/** Patches along a side of `lengthPx`, 0 when it is too short for one. Throws when branches disagree. */
export function gridLength(layers: readonly SourceLayer[], lengthPx: number): number {
  let length = lengthPx;
  for (const layer of layers) {
    const start = length;
    const branches = branchesOf(layer)?.map((branch) => gridLength(branch, start));
    const [agreed = lengthAfter(layer, start), ...others] = branches ?? [];
    if (others.some((other) => other !== agreed)) throw new Error('branches of different sizes');
    length = agreed;
    if (length <= 0) return 0;
  }
  return length;
}

function lengthAfter(layer: SourceLayer, length: number): number {
  if (layer.op === 'diagonalBand') return length;
  if (layer.op === 'nearestResidual') return length - (length % 2);
  if (layer.op === 'crop') return Math.max(0, length - 2 * layer.margin);
  const window = windowOf(layer);
  const padded = length + 2 * window.before;
  return padded < window.size ? 0 : Math.floor((padded - window.size) / window.stride) + 1;
}

/** Whether a patch depends on its own field alone: SAFE's band is stretched by the size of the whole picture. */
export const isTileable = (layers: readonly SourceLayer[]): boolean =>
  layers.every(
    (layer) => layer.op !== 'diagonalBand' && (branchesOf(layer) ?? []).every((branch) => isTileable(branch)),
  );

/** Number of patches along a side of `lengthPx` of an unpadded network: 0 when it is shorter than one receptive field. */
export function patchesAlong(lengthPx: number, field: ReceptiveField): number {
  if (lengthPx < field.sizePx) return 0;
  return Math.floor((lengthPx - field.sizePx) / field.stridePx) + 1;
}

/** Pixels that `patches` neighbouring patches cover together. */
export const pixelsUnder = (patches: number, field: ReceptiveField): number =>
  (patches - 1) * field.stridePx + field.sizePx;

/** The pixels along one side of `lengthPx` that patch `index` looks at, cut off at the picture's borders. */
export function patchRange(index: number, field: ReceptiveField, lengthPx: number): PixelRange {
  const first = field.offsetPx + index * field.stridePx;
  return { startPx: Math.max(0, first), stopPx: Math.min(lengthPx, first + field.sizePx) };
}

/** Cell i of a layer looks at `size` cells of its input, the first of which is `i * stride - before`. */
interface Window {
  size: number;
  stride: number;
  before: number;
}

/**
 * Window of a layer without branches; element-wise layers look at one cell. `diagonalBand` maps N cells to
 * floor((N + 5) / 2) band cells, cell j of which looks at 2j - 2 and 2j - 1, and back to N by bilinear
 * interpolation: cell i ends up somewhere in i - 4 ... i + 5.
 */
function windowOf(layer: SourceLayer): Window {
  switch (layer.op) {
    case 'conv':
    case 'depthwiseConv':
      return {
        size: dilatedSize(layer.kernel, layer.dilation),
        stride: layer.stride,
        before: layer.padding ?? 0,
      };
    case 'maxPool':
      return { size: layer.size, stride: layer.stride, before: layer.padding ?? 0 };
    case 'averagePool':
      return { size: layer.size, stride: layer.stride, before: 0 };
    case 'crop':
      return { size: 1, stride: 1, before: -layer.margin };
    case 'nearestResidual':
      return { size: 2, stride: 1, before: 1 };
    case 'diagonalBand':
      return { size: 10, stride: 1, before: 4 };
    default:
      return { size: 1, stride: 1, before: 0 };
  }
}
