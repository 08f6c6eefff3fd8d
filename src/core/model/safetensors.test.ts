import { describe, expect, it } from 'vitest';
import { weightBytesOf, weightsOf } from '../../../test/support/packaged.ts';
import { PACKAGED_CARDS } from '../../platform/packaged-models.ts';
import { MODEL_ROLES } from '../verdict.ts';
import { expectedTensors } from './expected-tensors.ts';
import { readSafetensors } from './safetensors.ts';

/** A file with `header` as its JSON and `floats` as its data. */
function file(header: unknown, floats: number[] = [], declaredBytes?: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + floats.length * 4);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(declaredBytes ?? json.length), true);
  bytes.set(json, 8);
  for (const [index, value] of floats.entries()) view.setFloat32(8 + json.length + index * 4, value, true);
  return bytes;
}
const tensor = (shape: number[], offsets: [number, number], dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: offsets,
});

describe('readSafetensors', () => {
  it('reads shapes and values', () => {
    const read = readSafetensors(file({ x: tensor([2, 1], [0, 8]), __metadata__: { a: 'b' } }, [1.5, -2]));
    expect(read).toEqual({
      ok: true,
      value: new Map([['x', { shape: [2, 1], values: new Float32Array([1.5, -2]) }]]),
    });
  });

  it.each(MODEL_ROLES)('reads the packaged weights: %s', (role) => {
    const weights = weightsOf(role);
    const expected = expectedTensors(PACKAGED_CARDS[role].layers);
    expect([...weights].map(([name, { shape }]) => [name, shape]).sort()).toEqual(
      expected.map(({ name, shape }) => [name, [...shape]]).sort(),
    );
  });

  it.each<[string, Uint8Array, string, RegExp]>([
    ['an empty file', new Uint8Array(), 'header', /shorter/],
    ['a huge header', file({}, [], 2 ** 40), 'header', /too long/],
    ['a header past the end', file({}, [], 5000), 'header', /past the end/],
    ['a header that is no JSON', file('nonsense'), 'header', /JSON/],
    ['a header that is a list', file([]), 'header', /JSON/],
    ['another type', file({ x: tensor([2], [0, 4], 'F16') }, [1]), 'x', /F32/],
    ['a shape that does not fill its bytes', file({ x: tensor([3], [0, 8]) }, [1, 2]), 'x', /does not fill/],
    ['data past the end', file({ x: tensor([2], [4, 12]) }, [1, 2]), 'x', /past the end/],
    ['a value that is not finite', file({ x: tensor([2], [0, 8]) }, [1, Number.NaN]), 'x', /value 1/],
  ])('refuses %s', (_name, bytes, where, message) => {
    const read = readSafetensors(bytes);
    expect(read).toMatchObject({ ok: false, failure: { kind: 'bad-weights', where } });
    if (!read.ok) expect(read.failure.message).toMatch(message);
  });

  it('refuses packaged weights cut anywhere', () => {
    const bytes = weightBytesOf('fast');
    for (const length of [4, 300, 5000, bytes.length - 1]) {
      expect(readSafetensors(bytes.subarray(0, length)).ok).toBe(false);
    }
  });
});
