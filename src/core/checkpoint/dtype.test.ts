import { describe, expect, it } from 'vitest';
import { bfloat16, type DType, ELEMENT_CODECS, float16 } from './dtype.ts';

describe('float16', () => {
  it.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3c00, 1],
    [0xc000, -2],
    [0x3555, 0.333251953125],
    [0x7bff, 65504],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
    [0x7e00, Number.NaN],
  ])('reads %i as %d', (bits, value) => expect(float16(bits)).toBe(value));

  it('grows with its bits over all positive finite numbers', () => {
    const falling = Array.from({ length: 0x7bff }, (_, bits) => bits).filter(
      (bits) => float16(bits + 1) <= float16(bits),
    );
    expect(falling).toEqual([]);
  });
});

describe('bfloat16', () => {
  it.each([
    [0x3f80, 1],
    [0xc049, -3.140625],
    [0x7f80, Number.POSITIVE_INFINITY],
    [0x0001, 2 ** -133],
    [0x7fc0, Number.NaN],
  ])('reads %i as %d', (bits, value) => expect(bfloat16(bits)).toBe(value));
});

describe('ELEMENT_CODECS', () => {
  const cases: [DType, (view: DataView, little: boolean) => void, number][] = [
    ['f64', (view, little) => view.setFloat64(0, -1.25e100, little), -1.25e100],
    ['f32', (view, little) => view.setFloat32(0, 1.5, little), 1.5],
    ['f16', (view, little) => view.setUint16(0, 0x3c00, little), 1],
    ['bf16', (view, little) => view.setUint16(0, 0x3f80, little), 1],
    ['i64', (view, little) => view.setBigInt64(0, -12345678901n, little), -12345678901],
    ['i32', (view, little) => view.setInt32(0, -70000, little), -70000],
    ['i16', (view, little) => view.setInt16(0, -300, little), -300],
    ['i8', (view) => view.setInt8(0, -3), -3],
    ['u8', (view) => view.setUint8(0, 200), 200],
    ['bool', (view) => view.setUint8(0, 2), 1],
  ];
  it.each(cases)('reads %s in both byte orders', (dtype, write, value) => {
    for (const little of [true, false]) {
      const view = new DataView(new ArrayBuffer(8));
      write(view, little);
      expect(ELEMENT_CODECS[dtype].read(view, 0, little)).toBe(value);
    }
  });
});
