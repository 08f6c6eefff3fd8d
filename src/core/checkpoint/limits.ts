/** Caps on an untrusted checkpoint. Reading stops with a `limit` failure before anything above them is allocated. */
export interface CheckpointLimits {
  /** Bytes of one pickle. */
  pickleBytes: number;
  /** Opcodes executed in one pickle, plus items copied by its calls. */
  pickleOperations: number;
  /** Tuples, lists, dictionaries, tensors and storages of one pickle. */
  pickleObjects: number;
  /** Values on the stack of the pickle machine. */
  stackValues: number;
  /** Open marks, which is how deep containers are nested while they are filled. */
  openMarks: number;
  memoEntries: number;
  zipMembers: number;
  /** Bytes of a zip directory or of a safetensors header. */
  directoryBytes: number;
  tensors: number;
  /** Elements of one tensor; it becomes 4 bytes each in `toFloat32`. */
  tensorElements: number;
  /** Elements of all tensors of the state dictionary together. */
  totalElements: number;
}

/**
 * Ten times and more what the largest network of the literature needs: a full ResNet-152 with Adam's moments has
 * 60 million parameters in 930 tensors, and takes about 130,000 operations and 20,000 objects of pickle.
 */
export const CHECKPOINT_LIMITS: Readonly<CheckpointLimits> = {
  pickleBytes: 16 * 2 ** 20,
  pickleOperations: 2_000_000,
  pickleObjects: 200_000,
  stackValues: 65_536,
  openMarks: 256,
  memoEntries: 500_000,
  zipMembers: 65_536,
  directoryBytes: 2 * 2 ** 20,
  tensors: 20_000,
  tensorElements: 2 ** 26,
  totalElements: 2 ** 28,
};
