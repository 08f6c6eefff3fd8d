/** A network compiled for the WebAssembly kernels: pure data, for any size of picture. */
import type { Layer } from '../core/model/layer.ts';
import type { Weights } from '../core/model/safetensors.ts';
import { aligned } from './arena.ts';
import { type Constants, layConstants } from './constants.ts';
import { ADDRESS_TABLE_BYTES, LARGEST_BLOCK } from './descriptor.ts';
import { encode } from './encode.ts';
import { insideOf, layOut } from './layout.ts';
import { lower } from './lower.ts';
import { isGathered, windowLength } from './pack.ts';
import { type Draft, PICTURE, type Step, type Taps, type TensorId } from './steps.ts';
import { formTensors, type TensorForm } from './tensors.ts';
import { suitsWinograd, winogradScratchBytes } from './winograd.ts';

export interface Plan {
  constants: Constants;
  /** Address of the first constant; scratch memory lies below it. */
  constantsAddress: number;
  /** Of the first thread; each of the others' lies `scratchBytes` behind. */
  scratchAddress: number;
  scratchBytes: number;
  /** Most threads that may share a pass. */
  threads: number;
  draft: Draft;
  forms: TensorForm[];
  output: TensorId;
}

/** A plan for one size of picture. */
export interface SizedPlan {
  /** To be stored at `programAddress`. */
  program: Int32Array;
  programAddress: number;
  schedule: number;
  entries: number;
  /** Where the picture goes: rows * columns * 3 numbers. */
  pictureAddress: number;
  /** Where the result is, `cellLength` numbers a cell of which the first `channels` count. */
  result: { address: number; rows: number; columns: number; channels: number; cellLength: number };
  /** Size that the memory needs. */
  memoryBytes: number;
}

/** Where threads agree on who does what (`descriptor.ts`). */
export const CONTROL_ADDRESS = 512;
/** Address 0 means "none" in descriptors. */
const FIRST_ADDRESS = 1024;

/** The plan of `layers`, whose weights are known to fit, for that many threads; null when a layer has no step. */
export function planFor(layers: readonly Layer[], weights: Weights, threads = 1): Plan | null {
  const lowered = lower(layers, weights);
  if (lowered === null) return null;
  const { draft, output } = lowered;
  const forms = formTensors(draft);
  const scratchBytes = aligned(
    Math.max(...draft.steps.map((step) => scratchBytesOf(step, forms[step.input]))),
  );
  return {
    constants: layConstants(draft, forms),
    scratchAddress: FIRST_ADDRESS,
    scratchBytes,
    threads,
    constantsAddress: FIRST_ADDRESS + threads * scratchBytes,
    draft,
    forms,
    output,
  };
}

/** Memory that a step needs beside its tensors. */
function scratchBytesOf(step: Step, input: TensorForm | undefined): number {
  const cellLength = input?.cellLength ?? 0;
  const block = (numbers: number) => ADDRESS_TABLE_BYTES + aligned(16) + LARGEST_BLOCK * numbers * 4;
  if (step.op !== 'convolve') return block(cellLength);
  const direct = block(isGathered(step, cellLength) ? windowLength(step, cellLength) : cellLength);
  // Which of the two a picture gets depends on its size.
  return suitsWinograd(step, cellLength) ? Math.max(direct, winogradScratchBytes(step, cellLength)) : direct;
}

/**
 * `plan` for pictures of `rows * columns`, cut for `threads` of its threads; throws when they are too small or branches
 * disagree about sizes.
 */
export function sizePlan(
  plan: Plan,
  picture: { rows: number; columns: number },
  threads = plan.threads,
): SizedPlan {
  const { draft, constants, constantsAddress } = plan;
  const { tensors, arenaBytes } = layOut(draft, plan, picture);
  const tensorAt = (id: TensorId) => {
    const tensor = tensors[id];
    if (tensor === undefined) throw new Error('no such tensor');
    return tensor;
  };
  const arena = aligned(constantsAddress + constants.sizeBytes);
  const programAddress = arena + arenaBytes;
  const bases = { constants: constantsAddress, program: programAddress, arena };
  const contexts = draft.steps.map((step, index) => {
    const places = constants.places[index];
    if (places === undefined) throw new Error('a step without constants');
    const addend = step.addend === null ? null : tensorAt(step.addend);
    return { constants: places, input: tensorAt(step.input), output: tensorAt(step.output), addend, bases };
  });
  const { words, schedule, count } = encode(draft.steps, contexts, bases, threads);
  const result = tensorAt(plan.output);
  const { rows, columns, channels, cellLength } = result;
  return {
    program: words,
    programAddress,
    schedule,
    entries: count,
    pictureAddress: arena + insideOf(tensorAt(PICTURE)),
    result: { address: arena + insideOf(result), rows, columns, channels, cellLength },
    memoryBytes: programAddress + words.byteLength,
  };
}

const NOTHING = new Float32Array();

/** `plan` without its weights: once they lie in the kernels' memory, a second copy would only cost as much again. */
export function withoutWeights(plan: Plan): Plan {
  const steps = plan.draft.steps.map((step): Step => {
    if (step.op === 'depthwise') return { ...step, taps: lightTaps(step.taps) };
    if (step.op !== 'convolve') return step;
    const taps = step.taps === null ? null : lightTaps(step.taps);
    return { ...step, weights: NOTHING, bias: NOTHING, taps };
  });
  return { ...plan, draft: { ...plan.draft, steps }, constants: { ...plan.constants, blocks: [] } };
}

const lightTaps = (taps: Taps): Taps => ({ ...taps, weights: NOTHING, bias: NOTHING });
