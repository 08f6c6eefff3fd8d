/** Everything of a plan that no picture changes: packed weights, one after the other. */
import { aligned } from './arena.ts';
import { packBias, packConvolution, packTapBias, packTaps } from './pack.ts';
import type { Draft, Step } from './steps.ts';
import type { TensorForm } from './tensors.ts';
import { packWinograd, suitsWinograd } from './winograd.ts';

/** Where a step's numbers begin, in bytes; 0 for what it has not. */
export interface StepConstants {
  weights: number;
  /** For the convolutions that `suitsWinograd`. */
  winogradWeights: number | null;
  bias: number;
  tapWeights: number;
  tapBias: number;
  gain: number;
  shift: number;
}

export interface Constants {
  /** In the order of the draft's steps, relative to the start of `blocks`. */
  places: StepConstants[];
  blocks: { offset: number; values: Float32Array }[];
  sizeBytes: number;
}

/** The constants of `draft`, whose tensors have `forms`. */
export function layConstants(draft: Draft, forms: readonly TensorForm[]): Constants {
  const constants: Constants = { places: [], blocks: [], sizeBytes: 0 };
  for (const step of draft.steps) {
    const numbers = numbersOf(step, forms[step.input]?.cellLength ?? 0);
    const place: StepConstants = {
      weights: 0,
      winogradWeights: null,
      bias: 0,
      tapWeights: 0,
      tapBias: 0,
      gain: 0,
      shift: 0,
    };
    for (const key of Object.keys(place) as (keyof StepConstants)[]) {
      const values = numbers[key];
      if (values !== undefined) place[key] = append(constants, values);
    }
    constants.places.push(place);
  }
  return constants;
}

function append(constants: Constants, values: Float32Array): number {
  const offset = constants.sizeBytes;
  constants.blocks.push({ offset, values });
  constants.sizeBytes = aligned(offset + values.byteLength);
  return offset;
}

/** For the cells that a map takes four at a time. */
const fourTimes = (values: Float32Array): Float32Array =>
  Float32Array.from({ length: values.length * 4 }, (_, index) => values[index % values.length] ?? 0);

function numbersOf(step: Step, cellLength: number): Partial<Record<keyof StepConstants, Float32Array>> {
  switch (step.op) {
    case 'convolve': {
      const own = {
        weights: packConvolution(step, step.taps === null ? cellLength : step.into),
        bias: packBias(step.bias),
      };
      if (suitsWinograd(step, cellLength)) return { ...own, winogradWeights: packWinograd(step, cellLength) };
      if (step.taps === null) return own;
      return { ...own, tapWeights: packTaps(step.taps), tapBias: packTapBias(step.taps) };
    }
    case 'depthwise':
      return { tapWeights: packTaps(step.taps), tapBias: packTapBias(step.taps) };
    case 'map':
      return { gain: fourTimes(step.gain), shift: fourTimes(step.shift) };
    case 'nearestResidual':
      return { gain: Float32Array.of(step.factor) };
    case 'pool':
      return {};
  }
}
