import { describe, expect, it } from 'vitest';
import { type MemberSpec, u16, u32, u64, zip } from '../../../test/support/checkpoint-files.ts';
import { attempt } from './failure.ts';
import { CHECKPOINT_LIMITS, type CheckpointLimits } from './limits.ts';
import { sourceFromBytes } from './source.ts';
import { openZip } from './zip.ts';

/** The text of member `name` of `bytes`. */
function read(bytes: Uint8Array, name: string, limits: Partial<CheckpointLimits> = {}) {
  return attempt(() => {
    const section = openZip(sourceFromBytes(bytes), { ...CHECKPOINT_LIMITS, ...limits }).section(name);
    return section && new TextDecoder().decode(bytes.subarray(section.start, section.end));
  });
}
const member = (name: string, text: string, more: Partial<MemberSpec> = {}): MemberSpec => ({
  name,
  bytes: new TextEncoder().encode(text),
  ...more,
});

/** `bytes` with a zip64 end record and locator before its end record, whose own fields say "see zip64". */
function asZip64(bytes: Uint8Array): Uint8Array {
  const end = bytes.subarray(-22);
  const view = new DataView(end.buffer, end.byteOffset, 22);
  const members = view.getUint16(10, true);
  const directory = [
    ...u64(members),
    ...u64(members),
    ...u64(view.getUint32(12, true)),
    ...u64(view.getUint32(16, true)),
  ];
  const record = [...u32(0x06064b50), ...u64(44), ...u16(45), ...u16(45), ...u32(0), ...u32(0), ...directory];
  const locator = [...u32(0x07064b50), ...u32(0), ...u64(bytes.length - 22), ...u32(1)];
  const last = [
    ...u32(0x06054b50),
    ...u32(0),
    ...u32(0xffffffff),
    ...u32(0xffffffff),
    ...u32(0xffffffff),
    ...u16(0),
  ];
  return Uint8Array.from([...bytes.subarray(0, -22), ...record, ...locator, ...last]);
}

describe('openZip', () => {
  it('finds members behind padded local headers', () => {
    const bytes = zip([
      member('a', 'first', { localExtra: [0x46, 0x42, 3, 0, 1, 2, 3] }),
      member('b/c', 'second'),
    ]);
    expect(read(bytes, 'a')).toEqual({ ok: true, value: 'first' });
    expect(read(bytes, 'b/c')).toEqual({ ok: true, value: 'second' });
    expect(read(bytes, 'd')).toEqual({ ok: true, value: undefined });
  });

  it('reads zip64 directories and sizes', () => {
    const extra = [...u16(1), ...u16(16), ...u64(5), ...u64(5)];
    const bytes = zip([
      member('a', 'first', {
        claims: { stored: 0xffffffff, full: 0xffffffff },
        extra: [...u16(9), ...u16(1), 0, ...extra],
      }),
    ]);
    expect(read(asZip64(bytes), 'a')).toEqual({ ok: true, value: 'first' });
  });

  it('finds the end record before a comment', () => {
    const bytes = [...zip([member('a', 'first')]), ...new Array<number>(300).fill(0x20)];
    bytes.splice(bytes.length - 302, 2, ...u16(300));
    expect(read(Uint8Array.from(bytes), 'a')).toEqual({ ok: true, value: 'first' });
  });

  it.each<[string, Uint8Array, string, RegExp]>([
    ['compressed members', zip([member('a', 'x', { method: 8 })]), 'unsupported', /compressed member a/],
    [
      'a bomb: 40 bytes that claim 4 GB',
      zip([member('a', 'x'.repeat(40), { method: 8, claims: { full: 0xfffffffe } })]),
      'unsupported',
      /compressed/,
    ],
    ['encrypted members', zip([member('a', 'x', { flags: 1 })]), 'unsupported', /encrypted/],
    [
      'two sizes of a stored member',
      zip([member('a', 'x', { claims: { full: 9 } })]),
      'malformed',
      /two sizes/,
    ],
    [
      'members larger than the file',
      zip([member('a', 'x', { claims: { full: 9999, stored: 9999 } })]),
      'malformed',
      /overlaps/,
    ],
    [
      'members on the same bytes',
      zip([member('a', 'first'), member('b', 'second', { claims: { offset: 0 } })]),
      'malformed',
      /overlaps/,
    ],
    [
      'members that reach into the next',
      zip([member('a', 'x', { claims: { full: 3, stored: 3 } }), member('b', 'y')]),
      'malformed',
      /overlaps/,
    ],
    [
      'local padding that reaches into the next',
      (() => {
        const bytes = zip([member('a', 'first'), member('b', 'y')]);
        bytes[28] = 200;
        return bytes;
      })(),
      'malformed',
      /overlaps/,
    ],
    [
      'members of one name',
      zip([member('a', 'x'), member('a', 'y')]),
      'malformed',
      /two members are named a/,
    ],
    ['a member count above the truth', zip([member('a', 'x')], 2), 'truncated', /needed/],
    [
      'a directory offset past the end',
      (() => {
        const bytes = zip([member('a', 'x')]);
        bytes.set(u32(5000), bytes.length - 6);
        return bytes;
      })(),
      'malformed',
      /directory/,
    ],
    [
      'a local header elsewhere',
      (() => {
        const bytes = zip([member('a', 'x')]);
        bytes[0] = 0;
        return bytes;
      })(),
      'malformed',
      /no local header/,
    ],
    [
      'a local header with another method',
      (() => {
        const bytes = zip([member('a', 'x')]);
        bytes[8] = 8;
        return bytes;
      })(),
      'malformed',
      /two compression methods/,
    ],
    [
      'zip64 fields that are missing',
      zip([member('a', 'x', { claims: { full: 0xffffffff } })]),
      'malformed',
      /zip64 field is missing/,
    ],
    [
      'zip64 fields that are cut short',
      zip([member('a', 'x', { claims: { full: 0xffffffff }, extra: [...u16(1), ...u16(4), ...u32(0)] })]),
      'malformed',
      /cut short/,
    ],
    [
      'a zip64 file without locator',
      asZip64(zip([member('a', 'x')])).fill(0, -42, -22),
      'malformed',
      /locator/,
    ],
  ])('refuses %s', (_what, bytes, kind, detail) => {
    expect(read(bytes, 'a')).toMatchObject({
      ok: false,
      failure: { kind, detail: expect.stringMatching(detail) },
    });
  });

  it('refuses a file whose other members overlap', () => {
    const bytes = zip([
      member('a', 'first'),
      member('b', 'second'),
      member('c', 'x', { claims: { offset: 36 } }),
    ]);
    expect(read(bytes, 'a')).toMatchObject({
      failure: { kind: 'malformed', detail: expect.stringMatching(/overlaps/) },
    });
  });

  it('stops at its limits', () => {
    const bytes = zip([member('a', 'x'), member('b', 'x'), member('c', 'x')]);
    expect(read(bytes, 'a', { zipMembers: 2 })).toMatchObject({ failure: { kind: 'limit' } });
    expect(read(bytes, 'a', { directoryBytes: 100 })).toMatchObject({ failure: { kind: 'limit' } });
  });

  it('reports a file cut anywhere', () => {
    const bytes = zip([member('a', 'first'), member('b', 'second')]);
    for (let length = 0; length < bytes.length; length++) {
      expect(read(bytes.subarray(0, length), 'a')).toMatchObject({
        ok: false,
        failure: { kind: 'truncated' },
      });
    }
  });
});
