import type { Checkpoint } from './checkpoint.ts';
import { ELEMENT_CODECS } from './dtype.ts';
import { type Place, printable, refuse } from './failure.ts';
import type { CheckpointLimits } from './limits.ts';
import { unpickle } from './pickle.ts';
import {
  kindOf,
  type PickleStorage,
  type PickleTensor,
  type PickleValue,
  recordOf,
} from './pickle-values.ts';
import { ByteCursor, type RandomAccessSource, readBytes } from './source.ts';
import { findStateDict, withoutModulePrefixes } from './state-dict.ts';
import { type Storage, TensorRegistry } from './tensor.ts';

/** `MAGIC_NUMBER` and `PROTOCOL_VERSION` of `torch/serialization.py`. */
const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;
const PROTOCOL_VERSION = 1001;
const COUNT_BYTES = 8;

/**
 * The checkpoint in the stream that torch wrote before 1.6: five pickles (magic number, protocol, system, object,
 * storage keys), then for every key an 8-byte element count and the elements. Call inside `attempt`.
 */
export function readPytorchLegacy(source: RandomAccessSource, limits: CheckpointLimits): Checkpoint {
  const cursor = new ByteCursor(source, { start: 0, end: source.size });
  const next = () => unpickle(cursor, limits);
  const start = cursor.place();
  if (next().value !== MAGIC_NUMBER)
    refuse('not-a-checkpoint', 'a pickle without the magic number of PyTorch', start);
  const protocol = next().value;
  if (protocol !== PROTOCOL_VERSION) {
    refuse(
      'unsupported',
      `stream protocol ${typeof protocol === 'number' ? protocol : kindOf(protocol)}`,
      start,
    );
  }
  const littleEndian = recordOf(next().value, 'dict')?.entries.get('little_endian') !== false;
  const { value, storages } = next();
  const objectPlace = cursor.place();
  const { tensors, metadata } = findStateDict(value, objectPlace);
  const keys = storageKeys(next().value, cursor.place());
  const located = locateStorages(source, { keys, storages, start: cursor.position, littleEndian });

  const registry = new TensorRegistry(source, limits);
  const views = [...tensors].map(([name, tensor]) => {
    const place = { ...cursor.place(tensor.position), tensor: name };
    return [name, registry.view(tensor, storageOf(tensor, located, place), place)] as const;
  });
  return { format: 'pytorch-legacy', tensors: withoutModulePrefixes(views), metadata };
}

function storageKeys(value: PickleValue, place: Place): string[] {
  const items = recordOf(value, 'list')?.items ?? refuse('malformed', 'no list of storage keys', place);
  const keys = items.filter((item) => typeof item === 'string');
  if (keys.length !== items.length) refuse('malformed', 'a storage key that is no text', place);
  if (new Set(keys).size !== keys.length) refuse('malformed', 'a storage key listed twice', place);
  return keys;
}

interface StorageSection {
  keys: readonly string[];
  storages: ReadonlyMap<string, PickleStorage>;
  /** Absolute offset of the first element count. */
  start: number;
  littleEndian: boolean;
}

/** Where every listed storage lies; only the counts are read, the elements are passed over. */
function locateStorages(source: RandomAccessSource, section: StorageSection): Map<string, Storage> {
  const located = new Map<string, Storage>();
  let offset = section.start;
  for (const key of section.keys) {
    const place = { offset };
    const storage = section.storages.get(key);
    if (storage === undefined)
      return refuse('malformed', `storage ${printable(key)} belongs to no tensor`, place);
    const { dtype, elementCount } = storage;
    checkCount(readBytes(source, offset, COUNT_BYTES), elementCount, section.littleEndian, place);
    const startByte = offset + COUNT_BYTES;
    offset = startByte + elementCount * ELEMENT_CODECS[dtype].sizeBytes;
    if (offset > source.size) {
      refuse(
        'truncated',
        `storage ${printable(key)} of ${elementCount} ${dtype} reaches past the end`,
        place,
      );
    }
    located.set(key, { key, dtype, elementCount, startByte, littleEndian: section.littleEndian });
  }
  return located;
}

/**
 * The count stands little-endian whatever the system, as torch writes it; a big-endian stream may also have it in its
 * own order. It has to repeat the number in the object, so the two cannot be confused.
 */
function checkCount(view: DataView, elementCount: number, littleEndian: boolean, place: Place): void {
  const expected = BigInt(elementCount);
  if (view.getBigInt64(0, true) === expected) return;
  if (!littleEndian && view.getBigInt64(0, false) === expected) return;
  const found = view.getBigInt64(0, true);
  refuse('malformed', `a storage of ${found} elements where the object says ${elementCount}`, place);
}

function storageOf({ storage }: PickleTensor, located: ReadonlyMap<string, Storage>, place: Place): Storage {
  const root = located.get(storage.key);
  if (root === undefined)
    return refuse('malformed', `storage ${printable(storage.key)} is not in the file`, place);
  if (storage.part === null) return root;
  const { offset, elementCount } = storage.part;
  if (offset + elementCount > root.elementCount)
    refuse('malformed', 'a storage view outside its storage', place);
  return { ...root, elementCount, startByte: root.startByte + offset * ELEMENT_CODECS[root.dtype].sizeBytes };
}
