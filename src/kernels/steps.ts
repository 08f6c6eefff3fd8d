/** What a network becomes before it meets a picture: steps over numbered tensors, sizes still open. */

/** Index into `Draft.tensors`. */
export type TensorId = number;

/** Smallest and largest value that a step lets through. */
export interface Bounds {
  low: number;
  high: number;
}
export const UNBOUNDED: Bounds = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

interface Common {
  input: TensorId;
  output: TensorId;
  /** First channel of the output that the step writes; others belong to other branches of a concat. */
  channelOffset: number;
  /** Channels that it writes. */
  channels: number;
  /** Added before clamping; has the output's size. */
  addend: TensorId | null;
  bounds: Bounds;
}

/** Where a kernel looks, in cells of its input. */
export interface Window {
  kernel: number;
  stride: number;
  dilation: number;
  padding: number;
}

/** A depthwise convolution: weights [channels, kernel, kernel], one bias a channel. */
export interface Taps extends Window {
  channels: number;
  weights: Float32Array;
  bias: Float32Array;
  /** Takes max(input, 0) instead of the input. */
  relu: boolean;
}

/** Weights [channels, into, kernel, kernel]; with `taps`, a 1x1 convolution of what these make of the input. */
export interface Convolve extends Common, Window {
  op: 'convolve';
  into: number;
  weights: Float32Array;
  bias: Float32Array;
  taps: Taps | null;
}
export interface Depthwise extends Common {
  op: 'depthwise';
  taps: Taps;
}
export interface Pool extends Common {
  op: 'pool';
  kind: 'max' | 'average';
  size: number;
  stride: number;
  padding: number;
}
/** input * gain + shift by channel, without `crop` cells on every side. */
export interface MapStep extends Common {
  op: 'map';
  gain: Float32Array;
  shift: Float32Array;
  crop: number;
}
export interface NearestResidual extends Common {
  op: 'nearestResidual';
  factor: number;
}

export type Step = Convolve | Depthwise | Pool | MapStep | NearestResidual;

export interface Draft {
  /** Channels of every tensor; tensor 0 is the picture. */
  tensors: number[];
  /** In the order in which they are executed. */
  steps: Step[];
}

export const PICTURE: TensorId = 0;

/** Rows of a step's output when its input has `rows`; columns likewise. */
export function lengthAfter(step: Step, length: number): number {
  switch (step.op) {
    case 'convolve':
      return slide(step.taps === null ? length : slide(length, step.taps), step);
    case 'depthwise':
      return slide(length, step.taps);
    case 'pool':
      return slide(length, { kernel: step.size, stride: step.stride, dilation: 1, padding: step.padding });
    case 'map':
      return length - 2 * step.crop;
    case 'nearestResidual':
      return length - (length % 2);
  }
}

function slide(length: number, { kernel, stride, dilation, padding }: Window): number {
  return Math.floor((length + 2 * padding - (kernel - 1) * dilation - 1) / stride) + 1;
}

/** Zeros that a step reads around its input. */
export function paddingOf(step: Step): number {
  if (step.op === 'depthwise') return step.taps.padding;
  return step.op === 'convolve' ? (step.taps?.padding ?? step.padding) : 0;
}
