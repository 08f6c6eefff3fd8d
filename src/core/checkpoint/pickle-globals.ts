import type { DType } from './dtype.ts';
import { numpyScalar, numpyType } from './pickle-numpy.ts';
import {
  isKey,
  kindOf,
  type PickleDict,
  type PickleTensor,
  type PickleValue,
  recordOf,
} from './pickle-values.ts';

/** What a call may use: its arguments, and the machine's accounting. */
export interface Call {
  args: readonly PickleValue[];
  /** Absolute offset of the call in the file. */
  position: number;
  /** Counts work whose size the file chooses; refuses above the limit. */
  charge(operations: number): void;
  /** Leaves as `malformed`. */
  fail(detail: string): never;
}

type Callable = (call: Call) => PickleValue;

/** Longest tuple of sizes or strides that is copied; `tensor.ts` decides how many dimensions are read. */
const MAX_SIZES = 64;

/**
 * The Python names a checkpoint may mention, all of them. A function is what calling the name yields here (never
 * Python's own effect); `null` marks names that are only mentioned. They are what `torch.save` writes for state
 * dictionaries, optimizers and numpy scalars, see `torch/_weights_only_unpickler.py` of PyTorch 2.
 */
const ALLOWED: ReadonlyMap<string, Callable | null> = new Map<string, Callable | null>([
  ['collections.OrderedDict', orderedDict],
  ['torch._utils._rebuild_tensor', rebuildTensor],
  ['torch._utils._rebuild_tensor_v2', rebuildTensor],
  ['torch._utils._rebuild_parameter', rebuildParameter],
  ['torch._utils._rebuild_parameter_with_state', rebuildParameter],
  ['torch.Size', size],
  ['torch.device', device],
  ['_codecs.encode', encode],
  ['numpy.dtype', ({ args, fail }) => numpyType(args, fail)],
  ['numpy.core.multiarray.scalar', ({ args, fail }) => numpyScalar(args, fail)],
  ['numpy._core.multiarray.scalar', ({ args, fail }) => numpyScalar(args, fail)],
  ...['float64', 'float32', 'float16', 'bfloat16', 'int64', 'int32', 'int16', 'int8', 'uint8', 'bool'].map(
    (name): [string, null] => [`torch.${name}`, null],
  ),
]);

const STORAGE_TYPES: ReadonlyMap<string, DType> = new Map([
  ['torch.DoubleStorage', 'f64'],
  ['torch.FloatStorage', 'f32'],
  ['torch.HalfStorage', 'f16'],
  ['torch.BFloat16Storage', 'bf16'],
  ['torch.LongStorage', 'i64'],
  ['torch.IntStorage', 'i32'],
  ['torch.ShortStorage', 'i16'],
  ['torch.CharStorage', 'i8'],
  ['torch.ByteStorage', 'u8'],
  ['torch.BoolStorage', 'bool'],
]);

/** Whether a checkpoint may mention the Python name `name` (`module.attribute`). */
export const isAllowedGlobal = (name: string): boolean => ALLOWED.has(name) || STORAGE_TYPES.has(name);

/** Element type of the storage class `name`; `undefined` when it is none that is read here. */
export const storageDType = (name: string): DType | undefined => STORAGE_TYPES.get(name);

/** What calling `name` yields here, or `undefined` when that name may not be called. */
export const callableOf = (name: string): Callable | undefined => ALLOWED.get(name) ?? undefined;

function orderedDict({ args, charge, fail }: Call): PickleDict {
  const entries: PickleDict['entries'] = new Map();
  if (args.length === 0) return { kind: 'dict', entries };
  // Python 2 writes the pairs as an argument, Python 3 sets them afterwards.
  const pairs = recordOf(args[0], 'list');
  if (pairs === undefined || args.length > 1) return fail('OrderedDict takes a list of pairs');
  charge(pairs.items.length);
  for (const item of pairs.items) {
    const pair = recordOf(item, 'tuple') ?? recordOf(item, 'list');
    const [key, value] = pair?.items ?? [];
    if (pair?.items.length !== 2 || key === undefined || value === undefined) {
      return fail('OrderedDict takes pairs of a key and a value');
    }
    if (!isKey(key)) return fail(`a ${kindOf(key)} as dictionary key`);
    entries.set(key, value);
  }
  return { kind: 'dict', entries };
}

/** `_rebuild_tensor(storage, offset, size, stride)`; `_v2` adds requires_grad, hooks and metadata, all ignored. */
function rebuildTensor({ args, position, fail }: Call): PickleTensor {
  const storage = recordOf(args[0], 'storage');
  if (storage === undefined) return fail(`a tensor is built on ${kindOf(args[0])} instead of a storage`);
  const offset = args[1];
  if (typeof offset !== 'number') return fail(`a tensor has ${kindOf(offset)} as offset`);
  const shape = sizes(args[2]) ?? fail('a tensor has something else than a tuple of integers as shape');
  const stride = sizes(args[3]) ?? fail('a tensor has something else than a tuple of integers as strides');
  return { kind: 'tensor', storage, offset, shape, stride, position };
}

function rebuildParameter({ args, fail }: Call): PickleTensor {
  return (
    recordOf(args[0], 'tensor') ?? fail(`a parameter is built on ${kindOf(args[0])} instead of a tensor`)
  );
}

function size({ args, fail }: Call): PickleValue {
  return recordOf(args[0], 'tuple') ?? fail('torch.Size takes a tuple');
}

/** `cpu`, `cuda:0`: nothing here depends on where a tensor lay. */
function device({ args, fail }: Call): PickleValue {
  return typeof args[0] === 'string' ? args[0] : fail('torch.device takes a name');
}

const MAX_ENCODED = 64;

/** `_codecs.encode(text, 'latin1')` is how protocol 2 writes bytes; only numpy scalars need it, 16 bytes at most. */
function encode({ args, fail }: Call): Uint8Array {
  const [text, encoding] = args;
  if (typeof text !== 'string' || (encoding !== 'latin1' && encoding !== 'latin-1')) {
    return fail('only Latin-1 text is encoded');
  }
  if (text.length > MAX_ENCODED) return fail(`${text.length} encoded bytes where a scalar is expected`);
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  return [...text].every((character) => character.charCodeAt(0) < 256) ? bytes : fail('text is not Latin-1');
}

function sizes(value: PickleValue | undefined): number[] | undefined {
  const items = recordOf(value, 'tuple')?.items ?? recordOf(value, 'list')?.items;
  if (items === undefined || items.length > MAX_SIZES) return undefined;
  const numbers = items.filter((item) => typeof item === 'number');
  return numbers.length === items.length && numbers.every(Number.isInteger) ? numbers : undefined;
}
