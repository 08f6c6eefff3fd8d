import { describe, expect, it } from 'vitest';
import {
  dict,
  globalOpcode,
  opcodes,
  type Python,
  pickle,
  tensor,
  u32,
} from '../../../test/support/checkpoint-files.ts';
import { attempt } from './failure.ts';
import { CHECKPOINT_LIMITS, type CheckpointLimits } from './limits.ts';
import { unpickle } from './pickle.ts';
import { ByteCursor, sourceFromBytes } from './source.ts';

function run(bytes: number[], limits: Partial<CheckpointLimits> = {}) {
  const cursor = new ByteCursor(sourceFromBytes(Uint8Array.from(bytes)), { start: 0, end: bytes.length });
  return attempt(() => unpickle(cursor, { ...CHECKPOINT_LIMITS, ...limits }).value);
}
const raw = (...codes: number[]): Python => ({ raw: codes });

describe('unpickle', () => {
  it.each<[string, Python, unknown]>([
    ['nothing', null, null],
    ['truth', true, true],
    ['integers', -5, -5],
    ['integers beyond 2^53', -(2n ** 70n), -(2n ** 70n)],
    ['floats', { float: Number.NEGATIVE_INFINITY }, Number.NEGATIVE_INFINITY],
    ['text', 'Grüße', 'Grüße'],
    ['Python 2 text', raw(0x55, 2, 0x41, 0xe9), 'Aé'],
    ['short text of protocol 4', raw(0x95, ...u32(0), ...u32(0), 0x8c, 1, 0x41), 'A'],
    ['tuples', { tuple: [1, { tuple: [] }] }, { kind: 'tuple', items: [1, { kind: 'tuple', items: [] }] }],
    ['short tuples', raw(0x4b, 7, 0x4b, 8, 0x86), { kind: 'tuple', items: [7, 8] }],
    ['lists', { list: [1, 'a'] }, { kind: 'list', items: [1, 'a'] }],
    ['single items', raw(0x5d, 0x4b, 7, 0x61), { kind: 'list', items: [7] }],
    ['dictionaries', dict({ a: 1 }), { kind: 'dict', entries: new Map([['a', 1]]) }],
    ['memoised values', raw(0x4b, 7, 0x71, 3, 0x30, 0x68, 3), 7],
    ['memoised values of protocol 4', raw(0x4b, 7, 0x94, 0x30, 0x68, 0), 7],
    [
      'names from the stack',
      raw(...opcodes('torch'), ...opcodes('float32'), 0x93),
      { kind: 'global', name: 'torch.float32' },
    ],
    ['sizes', { call: 'torch.Size', args: [{ tuple: [2, 3] }] }, { kind: 'tuple', items: [2, 3] }],
    ['devices', { call: 'torch.device', args: ['cuda', 0] }, 'cuda'],
    [
      'pairs of an OrderedDict',
      { call: 'collections.OrderedDict', args: [{ list: [{ list: ['a', 1] }] }] },
      { kind: 'dict', entries: new Map([['a', 1]]) },
    ],
  ])('reads %s', (_what, value, expected) => {
    expect(run(pickle(value))).toEqual({ ok: true, value: expected });
  });

  it('reads numpy scalars in both byte orders', () => {
    const type: Python = { call: 'numpy.dtype', args: ['f8', 0, 1] };
    const state = (order: string) => [
      ...opcodes(type),
      ...opcodes({ tuple: [3, order, null, null, null, -1, -1, 0] }),
      0x62,
    ];
    const bytes: Python = {
      call: '_codecs.encode',
      args: ['\u0000\u0000\u0000\u0000\u0000\u0000\u00f8\u003f', 'latin1'],
    };
    const scalar = (order: string, data: Python): Python =>
      raw(
        ...globalOpcode('numpy.core.multiarray.scalar'),
        ...opcodes({ tuple: [raw(...state(order)), data] }),
        0x52,
      );
    expect(run(pickle(scalar('<', bytes)))).toEqual({ ok: true, value: 1.5 });
    expect(run(pickle(scalar('>', '\u003f\u00f8\u0000\u0000\u0000\u0000\u0000\u0000')))).toEqual({
      ok: true,
      value: 1.5,
    });
    expect(run(pickle(scalar('<', 'short')))).toMatchObject({ ok: false, failure: { kind: 'malformed' } });
  });

  it('keeps keys such as __proto__ in a map', () => {
    const read = run(pickle({ dict: [['__proto__', dict({ polluted: true })]] }));
    expect(read).toMatchObject({ ok: true, value: { entries: new Map([['__proto__', expect.anything()]]) } });
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('reads tensors as numbers without their elements', () => {
    const read = run(pickle(tensor({ type: 'Half', key: 'k', elementCount: 9, offset: 3, shape: [2, 3] })));
    expect(read).toMatchObject({
      ok: true,
      value: {
        kind: 'tensor',
        offset: 3,
        shape: [2, 3],
        stride: [3, 1],
        storage: { dtype: 'f16', key: 'k', elementCount: 9 },
      },
    });
  });

  it.each([
    'os.system',
    'posix.system',
    'builtins.eval',
    '__builtin__.exec',
    'torch.load',
    'torch.storage._load_from_bytes',
    'collections.__proto__',
    'constructor.prototype',
    'torch.nn.modules.linear.Linear',
  ])('refuses the name %s where it stands', (name) => {
    const bytes = [0x80, 2, 0x4e, 0x30, ...opcodes({ call: name, args: ['id'] }), 0x2e];
    expect(run(bytes)).toEqual({
      ok: false,
      failure: { kind: 'forbidden', detail: `Python name ${name}`, offset: 4 },
    });
  });

  it.each([0x69, 0x6f, 0x81, 0x92, 0x82, 0x83, 0x84, 0x50, 0x8b, 0x32, 0x49, 0x53, 0x8f, 0x97, 0xff, 0x00])(
    'refuses opcode %i',
    (code) => {
      expect(run([0x80, 2, code, 0, 0, 0, 0, 0x2e])).toMatchObject({
        ok: false,
        failure: { kind: 'forbidden', offset: 2 },
      });
    },
  );

  it.each<[string, number[], RegExp]>([
    ['a value from an empty stack', [0x30], /empty stack/],
    ['a value from below a mark', [0x4e, 0x4e, 0x28, 0x30], /empty stack/],
    ['a mark that was never set', [0x74], /mark/],
    ['an unknown memo entry', [0x68, 9], /memo entry 9/],
    ['items for a number', [0x4e, 0x4e, 0x61], /appended to nothing/],
    ['a key without a value', [0x7d, 0x28, 0x4e, 0x75], /key without/],
    ['a list as key', [0x7d, 0x5d, 0x4e, 0x73], /list as dictionary key/],
    ['values left over', [0x4e, 0x4e], /left on its stack/],
    ['a call of a number', [0x4e, 0x29, 0x52], /call of nothing/],
    ['text that is not UTF-8', [0x8c, 1, 0xff], /UTF-8/],
    ['a name without end', [0x63, ...new Array<number>(300).fill(0x41)], /longer than 256/],
    ['protocol 9', [0x80, 9], /protocol 9/],
    [
      'a tensor without storage',
      opcodes({ call: 'torch._utils._rebuild_tensor_v2', args: [1, 0, { tuple: [] }, { tuple: [] }] }),
      /instead of a storage/,
    ],
    [
      'a shape of texts',
      opcodes({
        call: 'torch._utils._rebuild_tensor_v2',
        args: [
          { persistent: { tuple: ['storage', { global: 'torch.FloatStorage' }, '0', 'cpu', 1] } },
          0,
          { tuple: ['a'] },
          { tuple: [1] },
        ],
      }),
      /shape/,
    ],
    [
      'a storage of unknown type',
      opcodes({ persistent: { tuple: ['storage', { global: 'torch.float32' }, '0', 'cpu', 1] } }),
      /storage type/,
    ],
    [
      'a storage of negative size',
      opcodes({ persistent: { tuple: ['storage', { global: 'torch.FloatStorage' }, '0', 'cpu', -1] } }),
      /number of elements/,
    ],
  ])('refuses %s', (_what, codes, detail) => {
    expect(run([...codes, 0x2e])).toMatchObject({
      ok: false,
      failure: { kind: 'malformed', detail: expect.stringMatching(detail) },
    });
  });

  it('refuses a storage that is described in two ways', () => {
    const two: Python = {
      list: [tensor({ elementCount: 4, shape: [4] }), tensor({ elementCount: 5, shape: [5] })],
    };
    expect(run(pickle(two))).toMatchObject({
      ok: false,
      failure: { detail: expect.stringMatching(/two ways/) },
    });
  });

  it('refuses calls of names that are only mentioned, and attributes for anything but dictionaries', () => {
    expect(run(pickle({ call: 'torch.float32', args: [] }))).toMatchObject({
      failure: { kind: 'forbidden' },
    });
    expect(run([0x5d, 0x7d, 0x62, 0x2e])).toMatchObject({ failure: { kind: 'forbidden' } });
  });

  it.each<[string, number[], Partial<CheckpointLimits>]>([
    ['operations', new Array<number>(100).fill(0x4e), { pickleOperations: 50 }],
    ['objects', new Array<number>(100).fill(0x29), { pickleObjects: 50 }],
    ['stack', new Array<number>(100).fill(0x4e), { stackValues: 50 }],
    ['nesting', new Array<number>(100).fill(0x28), { openMarks: 50 }],
    ['memo', [0x4e, ...Array.from({ length: 100 }, (_, index) => [0x71, index]).flat()], { memoEntries: 50 }],
    ['bytes', opcodes('x'.repeat(100)), { pickleBytes: 50 }],
    ['bytes announced', [0x58, ...u32(2 ** 32 - 1)], { pickleBytes: 50 }],
  ])('stops at the limit of %s', (_what, codes, limits) => {
    expect(run([...codes, 0x2e], limits)).toMatchObject({ ok: false, failure: { kind: 'limit' } });
  });

  it('counts what calls copy, so that a short pickle cannot copy a long list often', () => {
    const pairs = opcodes({ list: Array.from({ length: 100 }, (_, index) => ({ tuple: [index, index] })) });
    const copy = [...globalOpcode('collections.OrderedDict'), 0x68, 0, 0x85, 0x52, 0x30];
    const bytes = [...pairs, 0x71, 0, ...new Array(200).fill(copy).flat(), 0x2e];
    expect(run(bytes, { pickleOperations: 10_000 })).toMatchObject({ failure: { kind: 'limit' } });
    expect(run(bytes, { pickleOperations: 30_000 }).ok).toBe(true);
  });

  it('reports a pickle cut anywhere', () => {
    const bytes = pickle(
      dict({ a: tensor({ elementCount: 4, shape: [4] }), b: { tuple: [1, 'text', { float: 2 }] } }),
    );
    for (let length = 0; length < bytes.length; length++) {
      expect(run(bytes.slice(0, length))).toMatchObject({ ok: false, failure: { kind: 'truncated' } });
    }
  });
});
