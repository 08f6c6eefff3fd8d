/** Opens untrusted checkpoint bytes and tells how it ended and whether anything happened that never may. */
import type { CheckpointLimits } from '../../src/core/checkpoint/limits.ts';
import { readCheckpoint } from '../../src/core/checkpoint/read-checkpoint.ts';

/** Small, so that what exceeds them is met often. */
const LIMITS: Partial<CheckpointLimits> = {
  tensorElements: 2 ** 20,
  totalElements: 2 ** 21,
  pickleOperations: 200_000,
};
const LARGEST_READ_BYTES = 8 * 2 ** 20;

export const KINDS = [
  'not-a-checkpoint',
  'truncated',
  'malformed',
  'forbidden',
  'unsupported',
  'limit',
  'no-tensors',
];

/** Reads `bytes` to the last element; what went wrong in a way that must not be, and how it ended. */
export function examine(bytes: Uint8Array): { outcome: string; violations: string[] } {
  const violations: string[] = [];
  const source = {
    size: bytes.length,
    read: (offset: number, length: number) => {
      if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length))
        violations.push('a read outside the file');
      if (length > LARGEST_READ_BYTES) violations.push(`a read of ${length} bytes`);
      return bytes.subarray(offset, offset + length);
    },
  };
  try {
    const read = readCheckpoint(source, LIMITS);
    if (read.ok) {
      let elements = 0;
      for (const view of read.value.tensors.values()) elements += view.toFloat32().length;
      if (elements > 2 ** 21 || read.value.tensors.size === 0) violations.push(`${elements} elements`);
      return { outcome: 'ok', violations };
    }
    const { kind, offset, detail } = read.failure;
    if (!KINDS.includes(kind)) violations.push(`kind ${kind}`);
    if (!(Number.isSafeInteger(offset) && offset >= 0 && offset <= bytes.length))
      violations.push(`offset ${offset}`);
    if (!/^[\x20-\x7e]{5,400}$/.test(detail)) violations.push(`detail ${detail}`);
    return { outcome: kind, violations };
  } catch (error) {
    return { outcome: 'exception', violations: [`exception ${error}`] };
  }
}

/** Examines `count` inputs; how many ended in which way, and the violations with their input's number. */
export function campaign(count: number, make: (index: number) => Uint8Array) {
  const outcomes = new Map<string, number>();
  const violations: string[] = [];
  for (let index = 0; index < count; index++) {
    const examined = examine(make(index));
    outcomes.set(examined.outcome, (outcomes.get(examined.outcome) ?? 0) + 1);
    violations.push(...examined.violations.map((violation) => `input ${index}: ${violation}`));
  }
  return { outcomes, violations };
}

const prototypes = [Object.prototype, Array.prototype, Map.prototype, Uint8Array.prototype, String.prototype];

/** The keys of the built-in prototypes, which no file may change. */
export const prototypeKeys = (): PropertyKey[][] => prototypes.map((prototype) => Reflect.ownKeys(prototype));
