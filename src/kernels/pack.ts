/** Lays a step's weights out in the order in which the kernels read them. */
import type { Convolve, Taps } from './steps.ts';

/** Outputs that are computed together (`assembly/tile.ts`). */
const PANEL = 8;
const VECTOR = 4;

/** Runs of numbers under a window that lie next to each other in the input. */
export interface Segments {
  /** Of every run's first cell, in cells of the input relative to the window's first one. */
  starts: { row: number; column: number }[];
  length: number;
  /** Columns of the kernel in a run. */
  columns: number;
}

/** Runs shorter than this are copied into one: the inner loop is entered once instead of once a run. */
const SHORT_RUN = 32;

/** Whether the runs of `step` are brought together before it. */
export function isGathered(step: Convolve, cellLength: number): boolean {
  const { starts, length } = segmentsOf(step, cellLength);
  return step.taps === null && starts.length > 1 && length < SHORT_RUN;
}

/** Numbers that a window takes, with zeros at the end where it is gathered. */
export function windowLength(step: Convolve, cellLength: number): number {
  const { starts, length } = segmentsOf(step, cellLength);
  const total = starts.length * length;
  return isGathered(step, cellLength) ? Math.ceil(total / VECTOR) * VECTOR : total;
}

/** A dense kernel's rows are runs of several cells; otherwise every cell is a run of its own. */
export function segmentsOf({ kernel, dilation, into }: Convolve, cellLength: number): Segments {
  const rows = Array.from({ length: kernel }, (_, index) => index * dilation);
  if (dilation === 1) {
    const starts = rows.map((row) => ({ row, column: 0 }));
    return { starts, length: (kernel - 1) * cellLength + into, columns: kernel };
  }
  const starts = rows.flatMap((row) => rows.map((column) => ({ row, column })));
  return { starts, length: into, columns: 1 };
}

/** Weights as [panel][run][position][8], each panel `windowLength` positions; outputs beyond the last and the gaps between a cell's channels are zeros. */
export function packConvolution(step: Convolve, cellLength: number): Float32Array {
  const { kernel, into, channels, weights } = step;
  const { starts, length, columns } = segmentsOf(step, cellLength);
  const panels = Math.ceil(channels / PANEL);
  const positions = windowLength(step, cellLength);
  const packed = new Float32Array(panels * positions * PANEL);
  const area = kernel * kernel;
  for (let output = 0; output < channels; output++) {
    const lane = output % PANEL;
    const panel = (output - lane) / PANEL;
    for (let segment = 0; segment < starts.length; segment++) {
      const base = panel * positions + segment * length;
      for (let column = 0; column < columns; column++) {
        const tap = segment * columns + column;
        const to = (base + column * cellLength) * PANEL + lane;
        for (let channel = 0; channel < into; channel++) {
          packed[to + channel * PANEL] = weights[(output * into + channel) * area + tap] ?? 0;
        }
      }
    }
  }
  return packed;
}

/** `values` with zeros up to a multiple of `multiple`. */
export function padded(values: Float32Array, multiple: number): Float32Array {
  const result = new Float32Array(Math.ceil(values.length / multiple) * multiple);
  result.set(values);
  return result;
}

export const packBias = (bias: Float32Array): Float32Array => padded(bias, PANEL);

/** Weights as [vector of channels][tap][4]. */
export function packTaps({ channels, kernel, weights }: Taps): Float32Array {
  const area = kernel * kernel;
  const packed = new Float32Array(Math.ceil(channels / VECTOR) * area * VECTOR);
  for (let channel = 0; channel < channels; channel++) {
    const lane = channel % VECTOR;
    for (let tap = 0; tap < area; tap++) {
      packed[((channel - lane) / VECTOR) * area * VECTOR + tap * VECTOR + lane] =
        weights[channel * area + tap] ?? 0;
    }
  }
  return packed;
}

export const packTapBias = ({ bias }: Taps): Float32Array => padded(bias, VECTOR);
