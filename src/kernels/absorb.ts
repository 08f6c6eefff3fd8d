/** Makes element-wise layers part of the step before them. */
import type { Layer } from '../core/model/layer.ts';
import { type Bounds, type Convolve, type Draft, type Step, type TensorId, UNBOUNDED } from './steps.ts';

type ElementWise = Extract<Layer, { op: 'relu' | 'clamp' | 'scale' | 'normalize' }>;

/** The step that writes `tensor`, unless there are several or none. */
export function writerOf(draft: Draft, tensor: TensorId): Step | null {
  const [writer = null, ...others] = draft.steps.filter(({ output }) => output === tensor);
  return others.length === 0 ? writer : null;
}

const isUnbounded = ({ low, high }: Bounds): boolean => low === UNBOUNDED.low && high === UNBOUNDED.high;

/** Whether `step` was changed to do `layer` as well; nothing else may read its output. */
export function absorb(step: Step, layer: ElementWise): boolean {
  if (step.op === 'nearestResidual') return false;
  if (layer.op === 'relu') return limit(step, { low: 0, high: UNBOUNDED.high });
  if (layer.op === 'clamp') return limit(step, { low: layer.min, high: layer.max });
  if (layer.op === 'normalize') {
    const { gain, shift } = gainAndShift(layer, step.channels);
    return isUnbounded(step.bounds) && multiply(step, gain, shift);
  }
  return multiply(step, new Float32Array(step.channels).fill(layer.factor), null);
}

/** Whether `step` was changed to add `addend`, which is computed before it. */
export function absorbAddend(step: Step, addend: TensorId): boolean {
  const able = step.op === 'convolve' || step.op === 'pool' || step.op === 'map';
  if (!able || step.addend !== null || !isUnbounded(step.bounds)) return false;
  step.addend = addend;
  return true;
}

function limit(step: Step, { low, high }: Bounds): boolean {
  const inside = (value: number) => Math.min(Math.max(value, low), high);
  step.bounds = { low: inside(step.bounds.low), high: inside(step.bounds.high) };
  return true;
}

/** Multiplies by `gain`, equal for all channels where there are bounds, and adds `shift`. */
function multiply(step: Step, gain: Float32Array, shift: Float32Array | null): boolean {
  if (step.addend !== null || step.op === 'pool' || step.op === 'nearestResidual') return false;
  const target = step.op === 'depthwise' ? step.taps : step;
  const [factors, offsets] = 'gain' in target ? [target.gain, target.shift] : [target.weights, target.bias];
  const perChannel = factors.length / step.channels;
  const newFactors = factors.map((value, index) => value * (gain[Math.floor(index / perChannel)] ?? 0));
  const newOffsets = offsets.map((value, index) => value * (gain[index] ?? 0) + (shift?.[index] ?? 0));
  if ('gain' in target) Object.assign(target, { gain: newFactors, shift: newOffsets });
  else Object.assign(target, { weights: newFactors, bias: newOffsets });
  if (!isUnbounded(step.bounds)) step.bounds = scaled(step.bounds, gain[0] ?? 0);
  return true;
}

function scaled({ low, high }: Bounds, factor: number): Bounds {
  // Infinity times nothing is no number.
  const [a, b] = factor === 0 ? [0, 0] : [low * factor, high * factor];
  return { low: Math.min(a, b), high: Math.max(a, b) };
}

/** An element-wise layer as input * gain + shift; the bounds of `relu` and `clamp` come on top of it. */
export function gainAndShift(
  layer: ElementWise,
  channels: number,
): { gain: Float32Array; shift: Float32Array } {
  const gain = new Float32Array(channels).fill(layer.op === 'scale' ? layer.factor : 1);
  const shift = new Float32Array(channels);
  if (layer.op !== 'normalize') return { gain, shift };
  const { mean, std } = layer;
  for (let channel = 0; channel < channels; channel++) {
    const spread = std[channel] ?? 1;
    gain[channel] = 1 / (255 * spread);
    shift[channel] = -(mean[channel] ?? 0) / spread;
  }
  return { gain, shift };
}

/**
 * Whether `step` was changed to do the map before it as well, and the map taken out of `draft`; nothing else may read the
 * map's output. Padding is zero only behind the map, so that a convolution that pads cannot.
 */
export function absorbMap(draft: Draft, step: Convolve, before: Step | null): boolean {
  if (before?.op !== 'map' || before.addend !== null || before.crop > 0) return false;
  if (!isUnbounded(before.bounds) || step.padding > 0 || step.taps !== null) return false;
  const { gain, shift } = before;
  const area = step.kernel ** 2;
  const channelOf = (index: number) => Math.floor(index / area) % step.into;
  const bias = step.bias.slice();
  for (const [index, weight] of step.weights.entries()) {
    const output = Math.floor(index / (area * step.into));
    bias[output] = (bias[output] ?? 0) + weight * (shift[channelOf(index)] ?? 0);
  }
  const weights = step.weights.map((weight, index) => weight * (gain[channelOf(index)] ?? 0));
  Object.assign(step, { weights, bias, input: before.input });
  draft.steps.splice(draft.steps.indexOf(before), 1);
  return true;
}
