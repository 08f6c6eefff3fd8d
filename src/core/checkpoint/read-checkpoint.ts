import type { Result } from '../result.ts';
import type { Checkpoint } from './checkpoint.ts';
import { attempt, type CheckpointFailure, refuse } from './failure.ts';
import { CHECKPOINT_LIMITS, type CheckpointLimits } from './limits.ts';
import { readPytorchLegacy } from './pytorch-legacy.ts';
import { readPytorchZip } from './pytorch-zip.ts';
import { readSafetensorsFile } from './safetensors.ts';
import { type RandomAccessSource, readBytes, sourceFromBytes } from './source.ts';

const LOCAL_ZIP_HEADER = 0x04034b50;
const PICKLE_PROTO = 0x80;
const OPENING_BRACE = 0x7b;

/**
 * The state dictionary of a checkpoint file: PyTorch's legacy stream, PyTorch's zip container or safetensors, told
 * apart by content. Tensors are views that read their elements when asked; optimizer state is passed over. Any
 * file, however damaged or hostile, yields a checkpoint or a failure that names what is wrong and where; nothing in
 * it is executed, and what is allocated stays within `limits`. Exceptions of `source.read` pass through.
 */
export function readCheckpoint(
  source: Uint8Array | RandomAccessSource,
  limits: Partial<CheckpointLimits> = {},
): Result<Checkpoint, CheckpointFailure> {
  const file = source instanceof Uint8Array ? sourceFromBytes(source) : source;
  return attempt(() => readerFor(file)(file, { ...CHECKPOINT_LIMITS, ...limits }));
}

function readerFor(
  file: RandomAccessSource,
): (file: RandomAccessSource, limits: CheckpointLimits) => Checkpoint {
  const head = readBytes(file, 0, Math.min(file.size, 9));
  if (head.byteLength >= 4 && head.getUint32(0, true) === LOCAL_ZIP_HEADER) return readPytorchZip;
  if (head.byteLength === 9 && head.getUint8(8) === OPENING_BRACE) return readSafetensorsFile;
  if (head.byteLength >= 1 && head.getUint8(0) === PICKLE_PROTO) return readPytorchLegacy;
  const what = file.size === 0 ? 'an empty file' : 'neither a PyTorch checkpoint nor safetensors';
  return refuse('not-a-checkpoint', what, { offset: 0 });
}
