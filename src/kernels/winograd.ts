/** Which convolutions go through F(4x4, 3x3) (`assembly/winograd.ts`), and their weights for it. */
import { ADDRESS_TABLE_BYTES, STEP_BYTES } from './descriptor.ts';
import type { Convolve } from './steps.ts';

/** Side of a tile of results, and of the transformed tile. */
const TILE = 4;
const POINTS = 36;
const PANEL = 8;
const FLOAT_BYTES = 4;
/** Four times as many weights pass by as there are: larger ones would come from main memory, which is no faster. */
const MOST_WEIGHT_BYTES = 4 * 2 ** 20;
/** With fewer channels the transformations take longer than what they save. */
const FEWEST_CHANNELS = 8;
/** A block's inputs and products stay in the second-level cache. */
const BLOCK_BYTES = 320 * 2 ** 10;

/** The matrix G, six rows of three. */
const G = Float64Array.of(
  ...[1 / 4, 0, 0],
  ...[-1 / 6, -1 / 6, -1 / 6],
  ...[-1 / 6, 1 / 6, -1 / 6],
  ...[1 / 24, 1 / 12, 1 / 6],
  ...[1 / 24, -1 / 12, 1 / 6],
  ...[0, 0, 1],
);
const SIDE = 6;

/** Whether `step` has weights for it, its input being `cellLength` numbers a cell. */
export function suitsWinograd(step: Convolve, cellLength: number): boolean {
  const { kernel, stride, dilation, taps, into, channels } = step;
  const plain = kernel === 3 && stride === 1 && dilation === 1 && taps === null && cellLength % 4 === 0;
  if (!plain || into < FEWEST_CHANNELS || channels < FEWEST_CHANNELS) return false;
  return POINTS * cellLength * outputsOf(step) * FLOAT_BYTES <= MOST_WEIGHT_BYTES;
}

/** Whether it pays for a result of that size: tiles at the borders overlap. */
export function paysInTiles({ rows, columns }: { rows: number; columns: number }): boolean {
  if (rows < TILE || columns < TILE) return false;
  const tiles = Math.ceil(rows / TILE) * Math.ceil(columns / TILE);
  return tiles * TILE ** 2 <= 1.8 * rows * columns;
}

const outputsOf = ({ channels }: Convolve): number => Math.ceil(channels / PANEL) * PANEL;

/** Tiles computed together, a multiple of four. */
export function tilesTogether(step: Convolve, cellLength: number): number {
  const bytes = POINTS * (cellLength + outputsOf(step)) * FLOAT_BYTES;
  return Math.min(Math.max(Math.floor(BLOCK_BYTES / bytes) & ~3, 4), 32);
}

/** Scratch memory for `tilesTogether` tiles: one square, two steps, a table, and the planes of inputs and products. */
export function winogradScratchBytes(step: Convolve, cellLength: number): number {
  const plane = tilesTogether(step, cellLength) * (cellLength + outputsOf(step)) * FLOAT_BYTES + 2 * 64;
  return POINTS * (16 + plane) + 2 * STEP_BYTES + ADDRESS_TABLE_BYTES;
}

/** G g G^T of every kernel, as [point][panel][input][8]; computed in double precision. */
export function packWinograd(step: Convolve, cellLength: number): Float32Array {
  const { into, channels, weights } = step;
  const panels = Math.ceil(channels / PANEL);
  const plane = panels * cellLength * PANEL;
  const packed = new Float32Array(POINTS * plane);
  // A network has tens of thousands of kernels, so none of them gets arrays of its own.
  const [columns, lines] = [new Float64Array(9), new Float64Array(SIDE * 3)];
  for (let output = 0; output < channels; output++) {
    const lane = output % PANEL;
    const panel = (output - lane) / PANEL;
    for (let input = 0; input < into; input++) {
      const kernel = (output * into + input) * 9;
      for (let cell = 0; cell < 9; cell++) {
        columns[(cell % 3) * 3 + Math.floor(cell / 3)] = weights[kernel + cell] ?? 0;
      }
      for (let cell = 0; cell < SIDE * 3; cell++) {
        lines[cell] = dot(G, Math.floor(cell / 3), columns, cell % 3);
      }
      const start = (panel * cellLength + input) * PANEL + lane;
      for (let point = 0; point < POINTS; point++) {
        packed[start + point * plane] = dot(lines, Math.floor(point / SIDE), G, point % SIDE);
      }
    }
  }
  return packed;
}

/** Row `i` of `a` times row `j` of `b`, both of rows of three. */
const dot = (a: Float64Array, i: number, b: Float64Array, j: number): number =>
  (a[i * 3] ?? 0) * (b[j * 3] ?? 0) +
  (a[i * 3 + 1] ?? 0) * (b[j * 3 + 1] ?? 0) +
  (a[i * 3 + 2] ?? 0) * (b[j * 3 + 2] ?? 0);
