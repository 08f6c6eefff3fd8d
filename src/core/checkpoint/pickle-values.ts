import type { DType } from './dtype.ts';

/** What a pickle can hold here: inert records, never objects of Python classes. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PickleTuple
  | PickleList
  | PickleDict
  | PickleGlobal
  | PickleStorage
  | PickleTensor
  | PickleNumpyType;

export interface PickleTuple {
  kind: 'tuple';
  items: readonly PickleValue[];
}

export interface PickleList {
  kind: 'list';
  items: PickleValue[];
}

/** A `Map`, so that a key such as `__proto__` is a key like any other. */
export interface PickleDict {
  kind: 'dict';
  entries: Map<PickleKey, PickleValue>;
}

/** Keys that compare by value in a `Map` as they do in Python. */
export type PickleKey = null | boolean | number | bigint | string;

/** A name of the allow-list; `pickle-globals` says what calling it does. */
export interface PickleGlobal {
  kind: 'global';
  name: string;
}

/** A persistent id `('storage', type, key, location, count, view)`: where bytes lie, not the bytes. */
export interface PickleStorage {
  kind: 'storage';
  dtype: DType;
  key: string;
  /** Elements of the storage named by `key`. */
  elementCount: number;
  /** Only in streams of torch before 0.4: the part of the storage that this one is. */
  part: { offset: number; elementCount: number } | null;
}

/** A call of `_rebuild_tensor_v2` with its numbers as they stand in the file. */
export interface PickleTensor {
  kind: 'tensor';
  storage: PickleStorage;
  offset: number;
  shape: readonly number[];
  stride: readonly number[];
  /** Absolute offset in the file of the call. */
  position: number;
}

/** `numpy.dtype`, for the numpy scalars that training scripts leave beside the weights. */
export interface PickleNumpyType {
  kind: 'numpy-type';
  code: string;
  littleEndian: boolean;
}

/** Whether `value` is one of the records (not `null`, a number, a text or bytes). */
export function isRecord(value: PickleValue | undefined): value is PickleRecord {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

/** Whether `value` can be a dictionary's key here. */
export function isKey(value: PickleValue): value is PickleKey {
  return value === null || typeof value !== 'object';
}

/** What `value` is, for messages. */
export function kindOf(value: PickleValue | undefined): string {
  if (value === null || value === undefined) return 'nothing';
  if (value instanceof Uint8Array) return 'bytes';
  return isRecord(value) ? value.kind : typeof value;
}

type PickleRecord = Extract<PickleValue, { kind: string }>;

/** The record of `kind`, or `undefined` when `value` is anything else. */
export function recordOf<Kind extends PickleRecord['kind']>(
  value: PickleValue | undefined,
  kind: Kind,
): Extract<PickleRecord, { kind: Kind }> | undefined {
  const isKind = (record: PickleRecord): record is Extract<PickleRecord, { kind: Kind }> =>
    record.kind === kind;
  return isRecord(value) && isKind(value) ? value : undefined;
}
