import { describe, expect, it } from 'vitest';
import {
  dict,
  floats,
  legacyCheckpoint,
  type Python,
  type TensorSpec,
  tensor,
  zip,
  zipCheckpoint,
} from '../../../test/support/checkpoint-files.ts';
import type { CheckpointLimits } from './limits.ts';
import { readCheckpoint } from './read-checkpoint.ts';

const numbers = floats(...Array.from({ length: 24 }, (_, index) => index));
const one = (spec: TensorSpec) => dict({ w: tensor(spec) });
const four = (): Python => tensor({ elementCount: 24, shape: [4] });

/** Elements of tensor `w` of a checkpoint, or the failure. */
function elements(bytes: Uint8Array, limits: Partial<CheckpointLimits> = {}) {
  const read = readCheckpoint(bytes, limits);
  return read.ok ? [...(read.value.tensors.get('w')?.toFloat32() ?? [])] : read.failure;
}

describe('tensors', () => {
  it.each<[string, TensorSpec, number[]]>([
    [
      'a whole storage',
      { elementCount: 24, shape: [2, 3, 4] },
      Array.from({ length: 24 }, (_, index) => index),
    ],
    ['a part of a storage', { elementCount: 24, shape: [3], offset: 20 }, [20, 21, 22]],
    ['a transposed matrix', { elementCount: 24, shape: [3, 2], stride: [1, 3] }, [0, 3, 1, 4, 2, 5]],
    [
      'channels-last order',
      { elementCount: 24, shape: [2, 2, 2], stride: [1, 4, 2] },
      [0, 2, 4, 6, 1, 3, 5, 7],
    ],
    ['every other element', { elementCount: 24, shape: [4], stride: [2], offset: 1 }, [1, 3, 5, 7]],
    [
      'an expanded element',
      { elementCount: 24, shape: [3, 2], stride: [0, 0], offset: 5 },
      [5, 5, 5, 5, 5, 5],
    ],
    ['a scalar', { elementCount: 24, shape: [], offset: 7 }, [7]],
    ['no element', { elementCount: 24, shape: [0, 3] }, []],
    ['the last element', { elementCount: 24, shape: [1], offset: 23 }, [23]],
  ])('reads %s in both containers', (_what, spec, expected) => {
    expect(elements(zipCheckpoint(one(spec), { 0: numbers }))).toEqual(expected);
    expect(elements(legacyCheckpoint(one(spec), [['0', 24, numbers]]))).toEqual(expected);
  });

  it.each<[string, TensorSpec, string]>([
    ['one element too many', { elementCount: 24, shape: [25] }, 'malformed'],
    ['an offset past the end', { elementCount: 24, shape: [1], offset: 24 }, 'malformed'],
    ['a negative offset', { elementCount: 24, shape: [1], offset: -1 }, 'malformed'],
    ['a negative stride', { elementCount: 24, shape: [3], stride: [-1], offset: 5 }, 'malformed'],
    ['a negative length', { elementCount: 24, shape: [-3] }, 'malformed'],
    ['a stride past the end', { elementCount: 24, shape: [2], stride: [2 ** 52] }, 'malformed'],
    ['strides for other dimensions', { elementCount: 24, shape: [2, 2], stride: [1] }, 'malformed'],
    ['more elements than memory', { elementCount: 24, shape: [2 ** 20, 2 ** 20], stride: [0, 0] }, 'limit'],
    [
      'a product beyond 2^53',
      { elementCount: 24, shape: [2 ** 40, 2 ** 40, 2 ** 40], stride: [0, 0, 0] },
      'limit',
    ],
    ['nine dimensions', { elementCount: 24, shape: new Array(9).fill(1) }, 'unsupported'],
  ])('refuses %s', (_what, spec, kind) => {
    const failure = { kind, tensor: 'w', offset: expect.any(Number) };
    expect(elements(zipCheckpoint(one(spec), { 0: numbers }))).toMatchObject({
      ...failure,
      member: 'net/data.pkl',
    });
    expect(elements(legacyCheckpoint(one(spec), [['0', 24, numbers]]))).toMatchObject(failure);
  });

  it('limits tensors, their elements, and what they hold together', () => {
    const expanded = (count: number) => tensor({ elementCount: 24, shape: [count], stride: [0] });
    const bytes = zipCheckpoint(dict({ w: expanded(1000), v: expanded(1000) }), { 0: numbers });
    expect(elements(bytes)).toHaveLength(1000);
    expect(elements(bytes, { tensorElements: 999 })).toMatchObject({ kind: 'limit', tensor: 'w' });
    expect(elements(bytes, { totalElements: 1999 })).toMatchObject({ kind: 'limit', tensor: 'v' });
    expect(elements(bytes, { tensors: 1 })).toMatchObject({ kind: 'limit', tensor: 'v' });
    const sparse = zipCheckpoint(one({ elementCount: 24, shape: [2], stride: [20] }), { 0: numbers });
    expect(elements(sparse)).toEqual([0, 20]);
    expect(elements(sparse, { tensorElements: 20 })).toMatchObject({ kind: 'limit' });
  });

  it('lets tensors share a storage', () => {
    const shared = dict({ a: four(), w: tensor({ elementCount: 24, shape: [2], offset: 2 }) });
    const read = readCheckpoint(zipCheckpoint(shared, { 0: numbers }));
    expect(read.ok && [...read.value.tensors.values()].map((view) => view.storageKey)).toEqual(['0', '0']);
    expect(elements(legacyCheckpoint(shared, [['0', 24, numbers]]))).toEqual([2, 3]);
  });
});

describe('element types and byte order', () => {
  const types: [string, number, (view: DataView, value: number, index: number, little: boolean) => void][] = [
    ['Float', 4, (view, value, index, little) => view.setFloat32(index * 4, value, little)],
    ['Double', 8, (view, value, index, little) => view.setFloat64(index * 8, value, little)],
    [
      'Half',
      2,
      (view, value, index, little) =>
        view.setUint16(index * 2, [0, 0x3c00, 0x4000, 0x4200][value] ?? 0, little),
    ],
    [
      'BFloat16',
      2,
      (view, value, index, little) =>
        view.setUint16(index * 2, [0, 0x3f80, 0x4000, 0x4040][value] ?? 0, little),
    ],
    ['Long', 8, (view, value, index, little) => view.setBigInt64(index * 8, BigInt(value), little)],
    ['Int', 4, (view, value, index, little) => view.setInt32(index * 4, value, little)],
    ['Short', 2, (view, value, index, little) => view.setInt16(index * 2, value, little)],
    ['Char', 1, (view, value, index) => view.setInt8(index, value)],
    ['Byte', 1, (view, value, index) => view.setUint8(index, value)],
  ];
  it.each(types)('reads %sStorage', (type, sizeBytes, write) => {
    const object = one({ type, elementCount: 3, shape: [3] });
    for (const little of [true, false]) {
      const bytes = new Uint8Array(3 * sizeBytes);
      for (const value of [1, 2, 3]) write(new DataView(bytes.buffer), value, value - 1, little);
      const order = { name: 'net/byteorder', bytes: new TextEncoder().encode(little ? 'little' : 'big') };
      expect(elements(zipCheckpoint(object, { 0: bytes }, [order]))).toEqual([1, 2, 3]);
      for (const bigEndianCounts of little ? [false] : [false, true]) {
        const legacy = legacyCheckpoint(object, [['0', 3, bytes]], { littleEndian: little, bigEndianCounts });
        expect(elements(legacy)).toEqual([1, 2, 3]);
      }
    }
  });

  it('reads BoolStorage', () => {
    expect(
      elements(zipCheckpoint(one({ type: 'Bool', elementCount: 3, shape: [3] }), { 0: [0, 1, 7] })),
    ).toEqual([0, 1, 1]);
  });

  it('refuses an unknown byte order', () => {
    const order = { name: 'net/byteorder', bytes: new TextEncoder().encode('middle') };
    expect(elements(zipCheckpoint(dict({ w: four() }), { 0: numbers }, [order]))).toMatchObject({
      kind: 'malformed',
      member: 'net/byteorder',
    });
  });
});

describe('state dictionaries', () => {
  const storages = { 0: numbers };
  it.each<[string, Python]>([
    ['bare', dict({ w: four() })],
    ['under state_dict', dict({ epoch: 3, state_dict: dict({ w: four() }) })],
    ['under model', dict({ model: dict({ w: four() }), total_steps: 9 })],
    ['under net_D', dict({ net_D: dict({ w: four() }) })],
    ['under two of them', dict({ model: dict({ state_dict: dict({ w: four() }) }) })],
    ['with module.', dict({ state_dict: dict({ 'module.w': four() }) })],
    ['with module. twice', dict({ 'module.module.w': four() })],
    ['as parameters', dict({ w: { call: 'torch._utils._rebuild_parameter', args: [four(), true, null] } })],
    ['beside other values', dict({ w: four(), version: 3, _metadata: dict({}) })],
  ])('are found %s', (_what, object) => {
    expect(elements(zipCheckpoint(object, storages))).toEqual([0, 1, 2, 3]);
  });

  it('come with the plain values beside them', () => {
    const object = dict({
      epoch: 37,
      best: { float: 0.5 },
      id: 2n ** 60n,
      on: true,
      note: 'x',
      none: null,
      optimizer: dict({}),
      state_dict: dict({ w: four() }),
    });
    const read = readCheckpoint(zipCheckpoint(object, storages));
    expect(read.ok && Object.fromEntries(read.value.metadata)).toEqual({
      epoch: 37,
      best: 0.5,
      id: String(2n ** 60n),
      on: true,
      note: 'x',
      none: null,
    });
  });

  it('may hold a tensor named __proto__', () => {
    const read = readCheckpoint(zipCheckpoint(dict({ __proto__x: four(), w: four() }), storages));
    expect(read.ok && [...read.value.tensors.keys()]).toEqual(['__proto__x', 'w']);
    const named: Python = {
      dict: [
        ['__proto__', four()],
        ['constructor', four()],
      ],
    };
    const other = readCheckpoint(zipCheckpoint(named, storages));
    expect(other.ok && [...other.value.tensors.keys()]).toEqual(['__proto__', 'constructor']);
  });

  it('are not read into: only the parts asked for leave the file', () => {
    const optimizer = dict({
      state: {
        dict: [[0, dict({ exp_avg: tensor({ key: 'big', elementCount: 250_000, shape: [250_000] }) })]],
      },
    });
    const object = dict({ state_dict: dict({ w: four() }), optimizer });
    const legacy = legacyCheckpoint(object, [
      ['big', 250_000, new Uint8Array(1e6)],
      ['0', 24, numbers],
    ]);
    let bytesRead = 0;
    const source = {
      size: legacy.length,
      read: (offset: number, length: number) => {
        bytesRead += length;
        return legacy.subarray(offset, offset + length);
      },
    };
    const read = readCheckpoint(source);
    expect(read.ok && [...(read.value.tensors.get('w')?.toFloat32() ?? [])]).toEqual([0, 1, 2, 3]);
    expect(bytesRead).toBeLessThan(400_000);
  });

  it('do not ask what optimizer tensors refer to', () => {
    const optimizer = dict({ state: tensor({ key: 'missing', elementCount: 9, shape: [99] }) });
    expect(elements(zipCheckpoint(dict({ optimizer, state_dict: dict({ w: four() }) }), storages))).toEqual([
      0, 1, 2, 3,
    ]);
  });

  it.each<[string, Uint8Array, object]>([
    [
      'no tensor',
      zipCheckpoint(dict({ a: 1, b: 2 })),
      { kind: 'no-tensors', detail: expect.stringMatching(/a, b/) },
    ],
    ['a list', zipCheckpoint({ list: [four()] }, storages), { kind: 'no-tensors' }],
    [
      'two names that differ in module.',
      zipCheckpoint(dict({ w: four(), 'module.w': four() }), storages),
      { kind: 'malformed', tensor: 'module.w' },
    ],
    [
      'a storage that is missing',
      zipCheckpoint(dict({ w: four() })),
      { kind: 'malformed', detail: expect.stringMatching(/net\/data\/0 is missing/) },
    ],
    [
      'a storage that is too short',
      zipCheckpoint(dict({ w: four() }), { 0: numbers.subarray(0, 95) }),
      { kind: 'malformed' },
    ],
    [
      'a storage outside its folder',
      zipCheckpoint(one({ key: '../data.pkl', elementCount: 1, shape: [1] }), storages),
      { kind: 'malformed' },
    ],
    ['no data.pkl', zip([{ name: 'readme', bytes: [1] }]), { kind: 'not-a-checkpoint' }],
    [
      'two data.pkl',
      zip([
        { name: 'a/data.pkl', bytes: [1] },
        { name: 'b/data.pkl', bytes: [1] },
      ]),
      { kind: 'malformed' },
    ],
    [
      'a call of os.system',
      zipCheckpoint(dict({ w: { call: 'os.system', args: ['id'] } })),
      { kind: 'forbidden', member: 'net/data.pkl', detail: 'Python name os.system' },
    ],
  ])('are refused with %s', (_what, bytes, failure) => {
    expect(elements(bytes)).toMatchObject(failure);
  });
});

describe('the legacy stream', () => {
  const object = dict({ w: four() });
  it('is little-endian when it does not say', () => {
    expect(elements(legacyCheckpoint(object, [['0', 24, numbers]], { system: dict({}) }))).toEqual([
      0, 1, 2, 3,
    ]);
  });

  it('reads storages that are part of another', () => {
    const part = one({ elementCount: 24, shape: [2], offset: 1, view: { tuple: ['view', 4, 3] } });
    expect(elements(legacyCheckpoint(part, [['0', 24, numbers]]))).toEqual([5, 6]);
    const outside = one({ elementCount: 24, shape: [2], view: { tuple: ['view', 22, 3] } });
    expect(elements(legacyCheckpoint(outside, [['0', 24, numbers]]))).toMatchObject({ kind: 'malformed' });
  });

  it.each<[string, Uint8Array, object]>([
    ['another magic number', legacyCheckpoint(object, [], { magic: 1n }), { kind: 'not-a-checkpoint' }],
    [
      'another protocol',
      legacyCheckpoint(object, [], { protocol: 1002 }),
      { kind: 'unsupported', detail: expect.stringMatching(/1002/) },
    ],
    ['keys that are no list', legacyCheckpoint(object, [], { keys: dict({}) }), { kind: 'malformed' }],
    [
      'a key listed twice',
      legacyCheckpoint(object, [], { keys: { list: ['0', '0'] } }),
      { kind: 'malformed' },
    ],
    [
      'a key without tensor',
      legacyCheckpoint(object, [
        ['0', 24, numbers],
        ['9', 24, numbers],
      ]),
      { kind: 'malformed', detail: expect.stringMatching(/storage 9/) },
    ],
    ['a storage left out', legacyCheckpoint(object, []), { kind: 'malformed', tensor: 'w' }],
    [
      'another count than in the object',
      legacyCheckpoint(object, [['0', 25, numbers]]),
      { kind: 'malformed', detail: expect.stringMatching(/25 elements where the object says 24/) },
    ],
    [
      'a huge storage',
      legacyCheckpoint(one({ elementCount: 2 ** 50, shape: [4] }), [['0', 2 ** 50, numbers]]),
      { kind: 'truncated' },
    ],
  ])('is refused with %s', (_what, bytes, failure) => {
    expect(elements(bytes)).toMatchObject(failure);
  });

  it('is refused when it is cut anywhere', () => {
    const bytes = legacyCheckpoint(object, [['0', 24, numbers]]);
    for (let length = 1; length < bytes.length; length++) {
      expect(elements(bytes.subarray(0, length))).toMatchObject({ kind: 'truncated' });
    }
  });
});
