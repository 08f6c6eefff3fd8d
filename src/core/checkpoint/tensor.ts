import { type DType, ELEMENT_CODECS } from './dtype.ts';
import { type Place, printable, refuse } from './failure.ts';
import type { CheckpointLimits } from './limits.ts';
import { type RandomAccessSource, readBytes } from './source.ts';

/** A tensor that has been checked against its file but not read from it. */
export interface TensorView {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** Elements from one index to the next, per dimension. */
  readonly stride: readonly number[];
  /** Key of the storage in its file; tensors with the same key share it. */
  readonly storageKey: string;
  /** First element, counted in elements from the start of the storage. */
  readonly offset: number;
  readonly elementCount: number;
  /**
   * All elements, row-major, read from the file at each call; `elementCount * 4` bytes, never above the limit
   * that the checkpoint was opened with. Throws only when the file changed after it was opened.
   */
  toFloat32(): Float32Array;
}

/** Where a tensor's elements lie. */
export interface Storage {
  key: string;
  dtype: DType;
  /** First byte in the file. */
  startByte: number;
  elementCount: number;
  littleEndian: boolean;
}

/** A tensor as its file declares it. */
export interface TensorClaim {
  shape: readonly number[];
  stride: readonly number[];
  offset: number;
}

const MAX_DIMENSIONS = 8;

/** Turns claims into views and keeps count of what they would hold together. */
export class TensorRegistry {
  readonly #source: RandomAccessSource;
  readonly #limits: CheckpointLimits;
  #count = 0;
  #elements = 0;

  constructor(source: RandomAccessSource, limits: CheckpointLimits) {
    this.#source = source;
    this.#limits = limits;
  }

  /** The view of `claim` on `storage`, whose bytes lie inside the file; refuses what reaches out of the storage. */
  view(claim: TensorClaim, storage: Storage, place: Place): TensorView {
    checkDimensions(claim, place);
    const elementCount = countElements(claim.shape, this.#limits.tensorElements, place);
    this.#count += 1;
    this.#elements += elementCount;
    if (this.#count > this.#limits.tensors)
      refuse('limit', `more than ${this.#limits.tensors} tensors`, place);
    if (this.#elements > this.#limits.totalElements) {
      refuse('limit', `tensors of more than ${this.#limits.totalElements} elements together`, place);
    }
    if (elementCount > 0 && lastElement(claim) >= storage.elementCount) {
      const held = `the ${storage.elementCount} elements of storage ${printable(storage.key)}`;
      refuse('malformed', `elements up to ${lastElement(claim)} lie outside ${held}`, place);
    }
    if (elementCount > 0 && lastElement(claim) - claim.offset >= this.#limits.tensorElements) {
      refuse('limit', `a tensor spread over more than ${this.#limits.tensorElements} elements`, place);
    }
    const source = this.#source;
    return {
      dtype: storage.dtype,
      shape: claim.shape,
      stride: claim.stride,
      storageKey: storage.key,
      offset: claim.offset,
      elementCount,
      toFloat32: () => readElements(source, claim, storage, elementCount),
    };
  }
}

/** Strides of a tensor of `shape` that is stored row-major without gaps. */
export function contiguousStride(shape: readonly number[]): number[] {
  const stride = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    stride[axis] = (stride[axis + 1] ?? 1) * Math.max(1, shape[axis + 1] ?? 1);
  }
  return stride;
}

function checkDimensions({ shape, stride, offset }: TensorClaim, place: Place): void {
  if (shape.length > MAX_DIMENSIONS) refuse('unsupported', `a tensor of ${shape.length} dimensions`, place);
  if (shape.length !== stride.length) {
    refuse('malformed', `${shape.length} dimensions with ${stride.length} strides`, place);
  }
  for (const [name, numbers] of Object.entries({ shape, stride, offset: [offset] })) {
    const bad = numbers.find((value) => !Number.isSafeInteger(value) || value < 0);
    if (bad !== undefined) refuse('malformed', `${name} of ${bad}`, place);
  }
}

function countElements(shape: readonly number[], most: number, place: Place): number {
  if (shape.includes(0)) return 0;
  const count = shape.reduce((product, length) => product * length, 1);
  if (count > most) refuse('limit', `a tensor of more than ${most} elements (${shape.join(' x ')})`, place);
  return count;
}

/** Index in the storage of the furthest element; strides are not negative, so it is the last of every axis. */
function lastElement({ shape, stride, offset }: TensorClaim): number {
  return shape.reduce((index, length, axis) => index + (length - 1) * (stride[axis] ?? 0), offset);
}

function readElements(
  source: RandomAccessSource,
  claim: TensorClaim,
  storage: Storage,
  elementCount: number,
): Float32Array {
  const values = new Float32Array(elementCount);
  if (elementCount === 0) return values;
  const { sizeBytes, read } = ELEMENT_CODECS[storage.dtype];
  const spanElements = lastElement(claim) - claim.offset + 1;
  const view = readBytes(source, storage.startByte + claim.offset * sizeBytes, spanElements * sizeBytes);
  // One index per axis, counted up like an odometer; `element` follows it through the strides.
  const index = new Array<number>(claim.shape.length).fill(0);
  let element = 0;
  for (let written = 0; written < elementCount; written++) {
    values[written] = read(view, element * sizeBytes, storage.littleEndian);
    for (let axis = index.length - 1; axis >= 0; axis--) {
      const step = claim.stride[axis] ?? 0;
      const next = (index[axis] ?? 0) + 1;
      if (next < (claim.shape[axis] ?? 0)) {
        index[axis] = next;
        element += step;
        break;
      }
      index[axis] = 0;
      element -= (next - 1) * step;
    }
  }
  return values;
}
