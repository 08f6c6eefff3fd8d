import type { TensorView } from './tensor.ts';

/** What a checkpoint says about itself beside its weights, such as `epoch` or safetensors' own entries. */
export type MetadataValue = null | boolean | number | string;

/** The state dictionary of a checkpoint file; no weight has been read yet. */
export interface Checkpoint {
  format: 'pytorch-legacy' | 'pytorch-zip' | 'safetensors';
  /** By name without `module.`, in the file's order. */
  tensors: ReadonlyMap<string, TensorView>;
  /** Numbers and texts that stand beside the state dictionary; integers beyond 2^53 as text. */
  metadata: ReadonlyMap<string, MetadataValue>;
}
