/**
 * Damaged and hostile files, made from a seed: whatever the bytes, `readCheckpoint` gives a checkpoint or a failure,
 * reads only inside the file, holds no more than its limits, and leaves the built-in prototypes alone.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { campaign, KINDS, prototypeKeys } from '../../../test/support/checkpoint-examine.ts';
import {
  checkpointFixture,
  dict,
  floats,
  globalOpcode,
  legacyCheckpoint,
  opcodes,
  safetensors,
  tensor,
  u32,
  u64,
  zipCheckpoint,
} from '../../../test/support/checkpoint-files.ts';

const SEED = 20201122;
const SMALL_INPUTS = 4500;
const REAL_INPUTS = 1200;
const PROGRAM_INPUTS = 2000;

/** mulberry32: whole numbers below `below`, the same ones in every run. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}
type Random = ReturnType<typeof randomFrom>;

/** Numbers that files lie with. */
const LIES = [
  [0x00],
  [0xff],
  [0x2e],
  [0xff, 0xff],
  u32(0xffffffff),
  u32(0x7fffffff),
  u32(0x80000000),
  u64(2n ** 63n - 1n),
  u64(2n ** 64n - 1n),
  u64(2 ** 53),
];

/** A position in `bytes`: mostly in its first or last part, where the structure is. */
function position(random: Random, bytes: Uint8Array): number {
  const region = Math.min(bytes.length, 12_000);
  const part = random(8);
  if (part < 5) return random(region);
  return part < 7 ? bytes.length - 1 - random(region) : random(bytes.length);
}

function joined(...pieces: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** `bytes` with one to four changes; `other` lends the pieces that are spliced in. */
function mutate(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  let mutant: Uint8Array = bytes.slice();
  for (let change = random(4); change >= 0; change--) {
    if (mutant.length < 2) break;
    const at = position(random, mutant);
    const length = 1 + random(40);
    const from = position(random, other);
    const rest = mutant.subarray(Math.min(mutant.length, at + length));
    const lie = LIES[random(LIES.length)] ?? [];
    switch (random(7)) {
      case 0:
        mutant[at] = (mutant[at] ?? 0) ^ (1 << random(8));
        break;
      case 1:
        mutant[at] = random(256);
        break;
      case 2:
        mutant.set(lie.slice(0, mutant.length - at), at);
        break;
      case 3:
        mutant = mutant.slice(0, random(5) === 0 ? at : mutant.length - random(40));
        break;
      case 4: // replace by a piece of the other file
        mutant.set(other.subarray(from, from + Math.min(length, mutant.length - at)), at);
        break;
      case 5: // cut a piece out
        mutant = joined(mutant.subarray(0, at), rest);
        break;
      default: // put a piece in, or one twice
        mutant = joined(mutant.subarray(0, at), other.subarray(from, from + length), mutant.subarray(at));
    }
  }
  return mutant;
}

function smallFiles(): Uint8Array[] {
  const numbers = floats(...Array.from({ length: 24 }, (_, index) => index));
  const weights = dict({
    'module.w': tensor({ elementCount: 24, shape: [2, 3, 4] }),
    'module.b': tensor({ elementCount: 24, shape: [3], offset: 4, stride: [2] }),
    'module.n': tensor({ type: 'Long', key: '1', elementCount: 1, shape: [] }),
  });
  const optimizer = dict({
    state: { dict: [[0, dict({ step: 3, exp_avg: tensor({ elementCount: 24, shape: [24] }) })]] },
  });
  const object = dict({
    state_dict: weights,
    optimizer,
    epoch: 3,
    best: { float: 0.5 },
    betas: { tuple: [1, 2, 3] },
  });
  const order = { name: 'net/byteorder', bytes: new TextEncoder().encode('little') };
  const header = {
    __metadata__: { format: 'pt' },
    a: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
    b: { dtype: 'F16', shape: [4], data_offsets: [24, 32] },
    n: { dtype: 'I64', shape: [], data_offsets: [32, 40] },
  };
  return [
    zipCheckpoint(object, { 0: numbers, 1: u64(7) }, [order]),
    legacyCheckpoint(object, [
      ['0', 24, numbers],
      ['1', 1, u64(7)],
    ]),
    safetensors(header, numbers.subarray(0, 40)),
  ];
}

/** A pickle program: mostly allowed opcodes with random operands, names and memo numbers. */
function program(random: Random): number[] {
  const pushes = [0x4e, 0x88, 0x29, 0x5d, 0x7d, 0x28];
  const shapes = [0x74, 0x85, 0x86, 0x87, 0x6c, 0x61, 0x65, 0x73, 0x75, 0x52, 0x62, 0x51, 0x93, 0x94, 0x30];
  const names = [
    'collections.OrderedDict',
    'torch._utils._rebuild_tensor_v2',
    'torch.FloatStorage',
    '_codecs.encode',
  ];
  const one = (list: readonly number[]) => list[random(list.length)] ?? 0;
  return Array.from({ length: 5 + random(60) }, (): number[] => {
    switch (random(8)) {
      case 0:
      case 1:
        return [one(pushes)];
      case 2:
      case 3:
        return [one(shapes)];
      case 4:
        return globalOpcode(names[random(names.length)] ?? '');
      case 5:
        return opcodes(['storage', 'latin1', 'w', -1, 0, 3, 2 ** 31 - 1, 2n ** 64n][random(8)] ?? null);
      case 6:
        return [random(2) === 0 ? 0x71 : 0x68, random(4)];
      default:
        return random(20) === 0
          ? [random(256)]
          : opcodes(tensor({ elementCount: random(9), shape: [random(9)] }));
    }
  }).flat();
}

const before = prototypeKeys();
afterAll(() => {
  expect(prototypeKeys()).toEqual(before);
});

describe('damaged files', () => {
  it(`reads or refuses ${SMALL_INPUTS} mutants of small files`, { timeout: 60_000 }, () => {
    const random = randomFrom(SEED);
    const files = smallFiles();
    const pick = () => files[random(files.length)] ?? new Uint8Array();
    const { outcomes, violations } = campaign(SMALL_INPUTS, () => mutate(random, pick(), pick()));
    expect(violations).toEqual([]);
    // The mutants reach every way to end, else they test little.
    expect([...outcomes.keys()].sort()).toEqual(['ok', ...KINDS].sort());
  });

  it(`reads or refuses ${REAL_INPUTS} mutants of real files`, { timeout: 60_000 }, () => {
    const random = randomFrom(SEED + 1);
    const names = ['resnet18_layer1.legacy.pth', 'resnet18_layer1.zip.pth', 'xception_block1.safetensors'];
    const files = names.map(checkpointFixture);
    const pick = () => files[random(files.length)] ?? new Uint8Array();
    const { outcomes, violations } = campaign(REAL_INPUTS, () => mutate(random, pick(), pick()));
    expect(violations).toEqual([]);
    expect(outcomes.get('ok')).toBeGreaterThan(20);
    expect(outcomes.get('malformed')).toBeGreaterThan(20);
  });

  it(`reads or refuses ${PROGRAM_INPUTS} random pickle programs`, { timeout: 60_000 }, () => {
    const random = randomFrom(SEED + 2);
    const files = (raw: number[]) =>
      random(2) === 0
        ? zipCheckpoint({ raw }, { 0: floats(1, 2, 3) })
        : legacyCheckpoint({ raw }, [['0', 3, floats(1, 2, 3)]]);
    const { violations } = campaign(PROGRAM_INPUTS, () => files(program(random)));
    expect(violations).toEqual([]);
  });
});
