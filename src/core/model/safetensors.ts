/** Weights of a model folder: a safetensors file with finite float32 tensors only. */
import { attempt } from '../checkpoint/failure.ts';
import { CHECKPOINT_LIMITS } from '../checkpoint/limits.ts';
import { readSafetensorsFile } from '../checkpoint/safetensors.ts';
import { sourceFromBytes } from '../checkpoint/source.ts';
import type { TensorView } from '../checkpoint/tensor.ts';
import { failure, type Result, success } from '../result.ts';

export interface WeightTensor {
  shape: number[];
  values: Float32Array;
}
export type Weights = ReadonlyMap<string, WeightTensor>;

/** What is wrong with a weights file and where: `header`, or the tensor's name. */
export interface WeightsFailure {
  kind: 'bad-weights';
  where: string;
  message: string;
}

/** The product's own files have a dozen tensors; these leave room for any network of the literature. */
const LIMITS = { ...CHECKPOINT_LIMITS, directoryBytes: 2 ** 20, tensors: 1000 };
const LONGEST_NAME = 80;

/**
 * The tensors of a safetensors file by name, copied out of `bytes` (row-major float32). Returns `bad-weights` for
 * anything that is cut short, points outside, or is not finite float32.
 */
export function readSafetensors(bytes: Uint8Array): Result<Weights, WeightsFailure> {
  const file = attempt(() => readSafetensorsFile(sourceFromBytes(bytes), LIMITS));
  if (!file.ok) return refuse(file.failure.tensor ?? 'header', file.failure.detail);
  const weights = new Map<string, WeightTensor>();
  for (const [name, view] of file.value.tensors) {
    const tensor = finiteTensor(view);
    if (typeof tensor === 'string') return refuse(name, tensor);
    weights.set(name, tensor);
  }
  return success(weights);
}

const refuse = (where: string, message: string) =>
  failure<WeightsFailure>({ kind: 'bad-weights', where: where.slice(0, LONGEST_NAME), message });

/** The elements of one tensor, or what is wrong with it. */
function finiteTensor(view: TensorView): WeightTensor | string {
  if (view.dtype !== 'f32') return `elements are ${view.dtype}, expected F32`;
  const values = view.toFloat32();
  const bad = values.findIndex((value) => !Number.isFinite(value));
  return bad === -1 ? { shape: [...view.shape], values } : `value ${bad} is not finite`;
}
