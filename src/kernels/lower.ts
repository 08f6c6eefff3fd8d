/** Turns layers into as few steps as possible: what follows or precedes a convolution becomes part of it. */
import type { Layer } from '../core/model/layer.ts';
import type { Weights } from '../core/model/safetensors.ts';
import { absorb, absorbAddend, absorbMap, gainAndShift, writerOf } from './absorb.ts';
import {
  type Convolve,
  type Draft,
  type MapStep,
  PICTURE,
  type Step,
  type Taps,
  type TensorId,
  UNBOUNDED,
} from './steps.ts';

type Convolution = Extract<Layer, { op: 'conv' }>;
type DepthwiseConvolution = Extract<Layer, { op: 'depthwiseConv' }>;

/** Channels of a picture. */
const RGB = 3;

interface Lowering {
  draft: Draft;
  weights: Weights;
}

/** The steps of `layers`, whose weights are known to fit; null where a layer has no step (`diagonalBand`). */
export function lower(layers: readonly Layer[], weights: Weights): { draft: Draft; output: TensorId } | null {
  if (!isSupported(layers)) return null;
  const draft: Draft = { tensors: [RGB], steps: [] };
  const lowering = { draft, weights };
  const last = lowerSequence(lowering, layers, PICTURE);
  const output = last === PICTURE ? copy(lowering, last) : last;
  return { draft, output };
}

export function isSupported(layers: readonly Layer[]): boolean {
  return layers.every((layer) => {
    if (layer.op === 'residual') return isSupported(layer.main) && isSupported(layer.skip);
    if (layer.op === 'concat') return layer.branches.every(isSupported);
    return layer.op !== 'diagonalBand';
  });
}

/** Appends the steps of a sequence that begins at `start`, which others may read, too. */
function lowerSequence(lowering: Lowering, layers: readonly Layer[], start: TensorId): TensorId {
  let current = start;
  for (let index = 0; index < layers.length; ) {
    const separable = separableAt(layers, index, writer(lowering, current, start));
    if (separable !== null) {
      current = lowerSeparable(lowering, separable, current);
      index += separable.length;
      continue;
    }
    const layer = layers[index];
    if (layer !== undefined) current = lowerLayer(lowering, layer, { current, start });
    index += 1;
  }
  return current;
}

/** The step that writes `current`, when nothing but this sequence reads it. */
const writer = ({ draft }: Lowering, current: TensorId, start: TensorId): Step | null =>
  current === start ? null : writerOf(draft, current);

interface Separable {
  relu: boolean;
  depthwise: DepthwiseConvolution;
  pointwise: Convolution;
  length: number;
}

/** A depthwise convolution with a 1x1 convolution right after it, and the ReLU before it if no step can do that one. */
function separableAt(layers: readonly Layer[], index: number, before: Step | null): Separable | null {
  const relu = layers[index]?.op === 'relu' && (before === null || before.op === 'nearestResidual');
  const [depthwise, pointwise] = layers.slice(index + (relu ? 1 : 0));
  if (depthwise?.op !== 'depthwiseConv' || depthwise.activation !== undefined) return null;
  if (pointwise?.op !== 'conv' || pointwise.kernel !== 1 || pointwise.stride !== 1) return null;
  if ((pointwise.padding ?? 0) !== 0) return null;
  return { relu, depthwise, pointwise, length: relu ? 3 : 2 };
}

function lowerSeparable(
  lowering: Lowering,
  { relu, depthwise, pointwise }: Separable,
  input: TensorId,
): TensorId {
  const taps = tapsOf(lowering, depthwise, relu);
  return append(lowering, { ...convolve(lowering, pointwise, input), taps });
}

function lowerLayer(
  lowering: Lowering,
  layer: Layer,
  { current, start }: { current: TensorId; start: TensorId },
): TensorId {
  const channels = lowering.draft.tensors[current] ?? 0;
  const common = { ...blank(current), channels };
  switch (layer.op) {
    case 'conv': {
      const step = convolve(lowering, layer, current);
      absorbMap(lowering.draft, step, writer(lowering, current, start));
      return append(lowering, step);
    }
    case 'depthwiseConv': {
      const bounds = layer.activation === 'relu' ? { ...UNBOUNDED, low: 0 } : UNBOUNDED;
      return append(lowering, { ...common, op: 'depthwise', taps: tapsOf(lowering, layer, false), bounds });
    }
    case 'maxPool':
    case 'averagePool': {
      const padding = layer.op === 'maxPool' ? (layer.padding ?? 0) : 0;
      const kind = layer.op === 'maxPool' ? 'max' : 'average';
      return append(lowering, { ...common, ...layer, op: 'pool', kind, padding });
    }
    case 'crop':
      return copy(lowering, current, { crop: layer.margin });
    case 'nearestResidual':
      return append(lowering, { ...common, ...layer });
    case 'residual':
      return lowerResidual(lowering, layer, current);
    case 'concat':
      return lowerConcat(lowering, layer, current);
    case 'diagonalBand':
      throw new Error('diagonalBand has no step');
    default: {
      const before = writer(lowering, current, start);
      if (before !== null && absorb(before, layer)) return current;
      const next = copy(lowering, current, gainAndShift(layer, channels));
      if (layer.op === 'relu' || layer.op === 'clamp') {
        const made = writerOf(lowering.draft, next);
        if (made !== null) absorb(made, layer);
      }
      return next;
    }
  }
}

function lowerResidual(
  lowering: Lowering,
  layer: Extract<Layer, { op: 'residual' }>,
  start: TensorId,
): TensorId {
  const skip = lowerSequence(lowering, layer.skip, start);
  const main = lowerSequence(lowering, layer.main, start);
  const last = writer(lowering, main, start);
  if (last !== null && absorbAddend(last, skip)) return main;
  return copy(lowering, main, { addend: skip });
}

function lowerConcat(
  lowering: Lowering,
  { branches }: Extract<Layer, { op: 'concat' }>,
  start: TensorId,
): TensorId {
  const { draft } = lowering;
  const ends = branches.map((branch) => lowerSequence(lowering, branch, start));
  const joined = draft.tensors.length;
  const widths = ends.map((end) => draft.tensors[end] ?? 0);
  draft.tensors.push(widths.reduce((sum, width) => sum + width, 0));
  let channelOffset = 0;
  for (const [index, end] of ends.entries()) {
    const width = widths[index] ?? 0;
    const last = writer(lowering, end, start);
    // Convolutions write whole vectors; what they write beyond their channels is theirs only at the end.
    const fits = channelOffset % 4 === 0 && (width % 4 === 0 || index === ends.length - 1);
    if (last !== null && last.op === 'convolve' && fits)
      Object.assign(last, { output: joined, channelOffset });
    else draft.steps.push({ ...mapOf(end, width), output: joined, channelOffset });
    channelOffset += width;
  }
  return joined;
}

const blank = (input: TensorId) => ({
  input,
  output: PICTURE,
  channelOffset: 0,
  addend: null,
  bounds: UNBOUNDED,
});

const mapOf = (input: TensorId, channels: number): MapStep => ({
  ...blank(input),
  op: 'map',
  channels,
  gain: new Float32Array(channels).fill(1),
  shift: new Float32Array(channels),
  crop: 0,
});

/** Appends a map of `input`, which copies it where `change` does not say otherwise. */
function copy(
  lowering: Lowering,
  input: TensorId,
  change: Partial<Pick<MapStep, 'gain' | 'shift' | 'crop' | 'addend'>> = {},
): TensorId {
  return append(lowering, { ...mapOf(input, lowering.draft.tensors[input] ?? 0), ...change });
}

/** Appends `step` with a tensor of its own. */
function append({ draft }: Lowering, step: Step): TensorId {
  const output = draft.tensors.length;
  draft.tensors.push(step.channels);
  draft.steps.push({ ...step, output });
  return output;
}

function convolve(lowering: Lowering, layer: Convolution, input: TensorId): Convolve {
  return {
    ...blank(input),
    ...windowOf(layer),
    ...parameters(lowering, layer, layer.out),
    op: 'convolve',
    channels: layer.out,
    into: layer.in,
    taps: null,
    bounds: layer.activation === 'relu' ? { ...UNBOUNDED, low: 0 } : UNBOUNDED,
  };
}

const tapsOf = (lowering: Lowering, layer: DepthwiseConvolution, relu: boolean): Taps => ({
  ...windowOf(layer),
  ...parameters(lowering, layer, layer.channels),
  channels: layer.channels,
  relu,
});

const windowOf = ({ kernel, stride, padding, dilation }: Convolution | DepthwiseConvolution) => ({
  kernel,
  stride,
  padding: padding ?? 0,
  dilation: dilation ?? 1,
});

function parameters({ weights }: Lowering, layer: Convolution | DepthwiseConvolution, out: number) {
  const kernel = weights.get(`${layer.name}.weight`);
  const bias = layer.bias ? weights.get(`${layer.name}.bias`)?.values : new Float32Array(out);
  if (kernel === undefined || bias === undefined) throw new Error(`weights ${layer.name} were not checked`);
  return { weights: kernel.values, bias };
}
