import { describe, expect, it } from 'vitest';
import { floats, safetensors } from '../../../test/support/checkpoint-files.ts';
import type { CheckpointLimits } from './limits.ts';
import { readCheckpoint } from './read-checkpoint.ts';

const entry = (dtype: string, shape: number[], begin: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});
const pair = { w: entry('F32', [2, 1], 0, 8), n: entry('I64', [], 8, 16) };
const pairData = [...floats(1.5, -2), 7, 0, 0, 0, 0, 0, 0, 0];

function failureOf(bytes: Uint8Array, limits: Partial<CheckpointLimits> = {}) {
  const read = readCheckpoint(bytes, limits);
  return read.ok ? undefined : read.failure;
}

describe('safetensors', () => {
  it('gives tensors in the header order, with the metadata', () => {
    const read = readCheckpoint(safetensors({ __metadata__: { format: 'pt' }, ...pair }, pairData));
    if (!read.ok) throw new Error(read.failure.detail);
    expect(read.value.format).toBe('safetensors');
    expect([...read.value.metadata]).toEqual([['format', 'pt']]);
    expect([...read.value.tensors.keys()]).toEqual(['w', 'n']);
    const w = read.value.tensors.get('w');
    expect(w).toMatchObject({ dtype: 'f32', shape: [2, 1], stride: [1, 1], offset: 0, elementCount: 2 });
    expect([...(w?.toFloat32() ?? [])]).toEqual([1.5, -2]);
    expect([...(read.value.tensors.get('n')?.toFloat32() ?? [])]).toEqual([7]);
  });

  it('reads every element type and tensors without elements', () => {
    const header = {
      'module.h': entry('F16', [1], 0, 2),
      b: entry('BF16', [1], 2, 4),
      e: entry('F32', [0, 4], 4, 4),
      t: entry('BOOL', [2], 4, 6),
      u: entry('U8', [1], 6, 7),
      i: entry('I8', [1], 7, 8),
    };
    const read = readCheckpoint(safetensors(header, [0, 0x3c, 0x80, 0x3f, 0, 1, 255, 255]));
    const values = read.ok && [...read.value.tensors].map(([name, view]) => [name, [...view.toFloat32()]]);
    expect(values).toEqual([
      ['h', [1]],
      ['b', [1]],
      ['e', []],
      ['t', [0, 1]],
      ['u', [255]],
      ['i', [-1]],
    ]);
  });

  it('treats __proto__ as a name like any other', () => {
    const header = `{"__proto__":${JSON.stringify(entry('F32', [1], 0, 4))}}`;
    const read = readCheckpoint(safetensors(header, floats(1)));
    expect(read.ok && [...read.value.tensors.keys()]).toEqual(['__proto__']);
    expect(Object.hasOwn(Object.prototype, 'dtype')).toBe(false);
  });

  it.each<[string, Uint8Array, string, RegExp]>([
    ['a header past the end', safetensors(pair, pairData, 5000), 'truncated', /header/],
    ['a huge header', safetensors(pair, pairData, 2 ** 50), 'limit', /header/],
    ['no JSON', safetensors('{nonsense'), 'malformed', /not JSON/],
    ['deep JSON', safetensors(`{"a":${'['.repeat(100_000)}`), 'malformed', /not JSON/],
    ['no entry', safetensors({ w: 3 }, floats(1)), 'malformed', /header entry/],
    [
      'an entry without shape',
      safetensors({ w: { dtype: 'F32', data_offsets: [0, 4] } }, floats(1)),
      'malformed',
      /header entry/,
    ],
    [
      'a shape of fractions',
      safetensors({ w: entry('F32', [0.5], 0, 4) }, floats(1)),
      'malformed',
      /header entry/,
    ],
    [
      'a negative offset',
      safetensors({ w: entry('F32', [2], -4, 4) }, floats(1)),
      'malformed',
      /header entry/,
    ],
    ['an unknown type', safetensors({ w: entry('F8_E4M3', [4], 0, 4) }, floats(1)), 'unsupported', /F8_E4M3/],
    [
      'a type from the prototype',
      safetensors({ w: entry('constructor', [4], 0, 4) }, floats(1)),
      'unsupported',
      /constructor/,
    ],
    ['half an element', safetensors({ w: entry('F32', [1], 0, 3) }, [1, 2, 3]), 'malformed', /whole f32/],
    [
      'an end before its beginning',
      safetensors({ w: entry('F32', [1], 4, 0) }, floats(1)),
      'malformed',
      /whole f32/,
    ],
    [
      'a shape larger than its bytes',
      safetensors({ w: entry('F32', [2], 0, 4) }, floats(1)),
      'malformed',
      /2 does not fill 4 bytes/,
    ],
    [
      'a shape smaller than its bytes',
      safetensors({ w: entry('F32', [1], 0, 8) }, floats(1, 2)),
      'malformed',
      /does not fill/,
    ],
    [
      'data past the end',
      safetensors({ w: entry('F32', [2], 0, 8) }, floats(1)),
      'truncated',
      /data up to byte 8 reach past the end at 4/,
    ],
    [
      'overlapping tensors',
      safetensors({ w: entry('F32', [1], 0, 4), v: entry('F32', [1], 0, 4) }, floats(1)),
      'malformed',
      /begin at 0 where 4/,
    ],
    ['a hole', safetensors({ w: entry('F32', [1], 4, 8) }, floats(1, 2)), 'malformed', /begin at 4 where 0/],
    [
      'bytes of no tensor',
      safetensors({ w: entry('F32', [1], 0, 4) }, floats(1, 2)),
      'malformed',
      /belong to no tensor/,
    ],
    [
      'metadata of numbers',
      safetensors({ __metadata__: { a: 1 }, ...pair }, pairData),
      'malformed',
      /__metadata__/,
    ],
    ['no tensor', safetensors({}), 'no-tensors', /no tensor/],
    [
      'too many dimensions',
      safetensors({ w: entry('F32', [1, 1, 1, 1, 1, 1, 1, 1, 1], 0, 4) }, floats(1)),
      'unsupported',
      /9 dimensions/,
    ],
  ])('refuses %s', (_what, bytes, kind, detail) => {
    expect(failureOf(bytes)).toMatchObject({ kind, detail: expect.stringMatching(detail) });
  });

  it('stops at its limits', () => {
    expect(failureOf(safetensors(pair, pairData), { tensors: 1 })).toMatchObject({ kind: 'limit' });
    expect(failureOf(safetensors(pair, pairData), { directoryBytes: 20 })).toMatchObject({ kind: 'limit' });
    expect(failureOf(safetensors(pair, pairData), { tensorElements: 1 })).toMatchObject({
      kind: 'limit',
      tensor: 'w',
    });
  });
});
