/** Files made to do harm: each is refused for what it is, and nothing outlives it. */
import { afterAll, describe, expect, it } from 'vitest';
import { examine, prototypeKeys } from '../../../test/support/checkpoint-examine.ts';
import {
  dict,
  floats,
  globalOpcode,
  legacyCheckpoint,
  opcodes,
  type Python,
  safetensors,
  tensor,
  u32,
  u64,
  zip,
  zipCheckpoint,
} from '../../../test/support/checkpoint-files.ts';

const repeated = (count: number, ...codes: number[]): Python => ({
  raw: new Array(count).fill(codes).flat(),
});
const evil = (name: string): Python => ({ call: name, args: ['touch /tmp/owned'] });

/** Files made to do harm, with the kind of failure each has to end in. */
const HOSTILE: [what: string, kind: string, make: () => Uint8Array][] = [
  ['os.system in a legacy stream', 'forbidden', () => legacyCheckpoint(evil('os.system'))],
  ['os.system in a zip', 'forbidden', () => zipCheckpoint(evil('os.system'))],
  ['eval as magic number', 'forbidden', () => legacyCheckpoint(null, [], { magic: evil('builtins.eval') })],
  [
    'a class made by NEWOBJ',
    'forbidden',
    () => zipCheckpoint({ raw: [...globalOpcode('collections.OrderedDict'), 0x29, 0x81] }),
  ],
  [
    'a persistent id of another kind',
    'unsupported',
    () => zipCheckpoint({ persistent: { tuple: ['module', null] } }),
  ],
  [
    'a name from the stack',
    'forbidden',
    () => zipCheckpoint({ raw: [...opcodes('os'), ...opcodes('system'), 0x93] }),
  ],
  [
    'lists nested a hundred thousand deep',
    'limit',
    () => zipCheckpoint({ raw: [...new Array(100_000).fill(0x5d), ...new Array(99_999).fill(0x61)] }),
  ],
  [
    'tuples nested a hundred thousand deep',
    'no-tensors',
    () => zipCheckpoint({ raw: [0x29, ...new Array(100_000).fill(0x85)] }),
  ],
  ['a list that holds itself', 'no-tensors', () => zipCheckpoint({ raw: [0x5d, 0x71, 0, 0x68, 0, 0x61] })],
  [
    'a dictionary that is its own state_dict',
    'no-tensors',
    () => zipCheckpoint({ raw: [0x7d, 0x71, 0, ...opcodes('state_dict'), 0x68, 0, 0x73] }),
  ],
  [
    'a memo bomb: a tuple of itself twice, sixty times',
    'no-tensors',
    () => zipCheckpoint({ raw: [0x29, 0x71, 0, ...new Array(60).fill([0x68, 0, 0x86, 0x71, 0]).flat()] }),
  ],
  [
    'memo numbers up to 2^32',
    'limit',
    () => zipCheckpoint(repeated(300_000, 0x4e, 0x72, 255, 255, 255, 255)),
  ],
  ['a text of 4 GB', 'limit', () => zipCheckpoint({ raw: [0x58, ...u32(0xffffffff)] })],
  ['a text of 2^64 bytes', 'limit', () => legacyCheckpoint({ raw: [0x8d, ...u64(2n ** 64n - 1n)] })],
  ['a million open dictionaries', 'limit', () => zipCheckpoint(repeated(100_000, 0x7d))],
  [
    'a storage of 2^62 elements',
    'malformed',
    () => zipCheckpoint(dict({ w: tensor({ elementCount: 2 ** 52, shape: [1] }) }), { 0: [0, 0, 0, 0] }),
  ],
  [
    'a tensor of 2^60 equal elements',
    'limit',
    () =>
      zipCheckpoint(dict({ w: tensor({ elementCount: 1, shape: [2 ** 30, 2 ** 30], stride: [0, 0] }) }), {
        0: [0, 0, 0, 0],
      }),
  ],
  [
    'a negative stride',
    'malformed',
    () =>
      zipCheckpoint(dict({ w: tensor({ elementCount: 2, shape: [2], stride: [-1], offset: 1 }) }), {
        0: floats(1, 2),
      }),
  ],
  [
    'an offset past the end',
    'malformed',
    () => zipCheckpoint(dict({ w: tensor({ elementCount: 2, shape: [1], offset: 2 }) }), { 0: floats(1, 2) }),
  ],
  [
    'a deflated pickle',
    'unsupported',
    () =>
      zip([{ name: 'n/data.pkl', bytes: [0x4b, 0x4c, 0x04, 0x00], method: 8, claims: { full: 2 ** 31 } }]),
  ],
  [
    'two members on the same bytes',
    'malformed',
    () =>
      zip([
        { name: 'n/data.pkl', bytes: [0x80, 2, 0x4e, 0x2e] },
        { name: 'n/data/0', bytes: [], claims: { offset: 0, full: 4, stored: 4 } },
      ]),
  ],
  [
    'sixty thousand members that are not there',
    'truncated',
    () => zip([{ name: 'n/data.pkl', bytes: [0x4e] }], 60_000),
  ],
  ['a safetensors header of 2^63 bytes', 'limit', () => safetensors('{}', [], 2 ** 62)],
  [
    'a safetensors header nested a million deep',
    'malformed',
    () => safetensors(`{"a":${'['.repeat(1_000_000)}`),
  ],
  [
    'a shape whose product wraps around to fit',
    'malformed',
    () => safetensors({ w: { dtype: 'U8', shape: [2 ** 32, 2 ** 32], data_offsets: [0, 0] } }),
  ],
];

const before = prototypeKeys();
afterAll(() => {
  expect(prototypeKeys()).toEqual(before);
});

describe('hostile files', () => {
  it.each(HOSTILE)('refuses %s', (_what, kind, make) => {
    expect(examine(make())).toEqual({ outcome: kind, violations: [] });
  });
});
