/** Element types of tensors, by the short names that messages and model cards use. */
export type DType = 'f64' | 'f32' | 'f16' | 'bf16' | 'i64' | 'i32' | 'i16' | 'i8' | 'u8' | 'bool';

/** How one element type is stored and read as a number. */
export interface ElementCodec {
  sizeBytes: number;
  /** The element at byte `offset`. Integers above 2^53 lose their last digits. */
  read(view: DataView, offset: number, littleEndian: boolean): number;
}

export const ELEMENT_CODECS: Readonly<Record<DType, ElementCodec>> = {
  f64: { sizeBytes: 8, read: (view, offset, little) => view.getFloat64(offset, little) },
  f32: { sizeBytes: 4, read: (view, offset, little) => view.getFloat32(offset, little) },
  f16: { sizeBytes: 2, read: (view, offset, little) => float16(view.getUint16(offset, little)) },
  bf16: { sizeBytes: 2, read: (view, offset, little) => bfloat16(view.getUint16(offset, little)) },
  i64: { sizeBytes: 8, read: (view, offset, little) => Number(view.getBigInt64(offset, little)) },
  i32: { sizeBytes: 4, read: (view, offset, little) => view.getInt32(offset, little) },
  i16: { sizeBytes: 2, read: (view, offset, little) => view.getInt16(offset, little) },
  i8: { sizeBytes: 1, read: (view, offset) => view.getInt8(offset) },
  u8: { sizeBytes: 1, read: (view, offset) => view.getUint8(offset) },
  bool: { sizeBytes: 1, read: (view, offset) => (view.getUint8(offset) === 0 ? 0 : 1) },
};

/** The value of IEEE 754 half-precision `bits`, 0..65535. */
export function float16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const scratch = new DataView(new ArrayBuffer(4));

/** The value of bfloat16 `bits`, 0..65535: the upper half of a float32. */
export function bfloat16(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}
