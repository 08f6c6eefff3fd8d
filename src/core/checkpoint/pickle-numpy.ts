import { type DType, ELEMENT_CODECS } from './dtype.ts';
import { type PickleNumpyType, type PickleValue, recordOf } from './pickle-values.ts';
import { textFromLatin1 } from './utf8.ts';

/**
 * numpy scalars: training scripts keep their best metric as `numpy.float64` beside the weights, and without these
 * two calls such a file could not be read at all.
 */
const NUMPY_TYPES: ReadonlyMap<string, DType> = new Map([
  ['f8', 'f64'],
  ['f4', 'f32'],
  ['f2', 'f16'],
  ['i8', 'i64'],
  ['i4', 'i32'],
  ['i2', 'i16'],
  ['i1', 'i8'],
  ['u1', 'u8'],
  ['b1', 'bool'],
]);

/** `numpy.dtype(code, align, copy)`; its byte order arrives later, with `BUILD`. */
export function numpyType(args: readonly PickleValue[], fail: (detail: string) => never): PickleNumpyType {
  const code = args[0];
  if (typeof code !== 'string' || !NUMPY_TYPES.has(code)) return fail('a numpy type that is no plain number');
  return { kind: 'numpy-type', code, littleEndian: true };
}

/** Applies the state `(version, byteOrder, ...)` that pickles give a `numpy.dtype` after making it. */
export function setNumpyByteOrder(type: PickleNumpyType, state: PickleValue): boolean {
  const order = recordOf(state, 'tuple')?.items[1];
  if (order !== '<' && order !== '>' && order !== '|' && order !== '=') return false;
  type.littleEndian = order !== '>';
  return true;
}

/** `numpy.core.multiarray.scalar(dtype, bytes)` as a number. */
export function numpyScalar(args: readonly PickleValue[], fail: (detail: string) => never): number {
  const type = recordOf(args[0], 'numpy-type');
  const dtype = NUMPY_TYPES.get(type?.code ?? '');
  if (type === undefined || dtype === undefined) return fail('a numpy scalar without a type');
  const bytes = scalarBytes(args[1]);
  const codec = ELEMENT_CODECS[dtype];
  if (bytes?.length !== codec.sizeBytes)
    return fail(`a numpy scalar that does not hold ${codec.sizeBytes} bytes`);
  return codec.read(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, type.littleEndian);
}

/** Python 2 pickles give the bytes as text. */
function scalarBytes(value: PickleValue | undefined): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'string' || value.length > 8) return undefined;
  const bytes = Uint8Array.from(value, (character) => character.charCodeAt(0));
  return textFromLatin1(bytes) === value ? bytes : undefined;
}
