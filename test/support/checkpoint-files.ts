/** Checkpoint files for tests: the fixtures, and small ones written by hand, well-formed or not. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/lib/command.mjs';

/** The bytes of `test/fixtures/checkpoint/<name>`. */
export const checkpointFixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(path.join(ROOT, 'test/fixtures/checkpoint', name)));

/** A Python value to pickle; `raw` puts opcodes in its place. */
export type Python =
  | null
  | boolean
  | number
  | bigint
  | string
  | { float: number }
  | { tuple: Python[] }
  | { list: Python[] }
  | { dict: [Python, Python][] }
  | { global: string }
  | { call: string; args: Python[] }
  | { persistent: Python }
  | { raw: number[] };

const ascii = (text: string): number[] => [...new TextEncoder().encode(text)];

function littleEndian(value: number | bigint, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) => Number((BigInt(value) >> BigInt(8 * index)) & 0xffn));
}

export const u16 = (value: number): number[] => littleEndian(value, 2);
export const u32 = (value: number): number[] => littleEndian(value, 4);
export const u64 = (value: number | bigint): number[] => littleEndian(value, 8);

/** GLOBAL opcode for `module.attribute`, split at the last dot. */
export function globalOpcode(name: string): number[] {
  const dot = name.lastIndexOf('.');
  return ascii(`c${name.slice(0, dot)}\n${name.slice(dot + 1)}\n`);
}

function long(value: bigint): number[] {
  return [0x8a, 16, ...littleEndian(BigInt.asUintN(128, value), 16)];
}

function float(value: number): number[] {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return [0x47, ...bytes];
}

/** Opcodes of protocol 2 that push `value`. */
export function opcodes(value: Python): number[] {
  if (value === null) return [0x4e];
  if (typeof value === 'boolean') return [value ? 0x88 : 0x89];
  if (typeof value === 'bigint') return long(value);
  if (typeof value === 'number') {
    return Math.abs(value) < 2 ** 31 ? [0x4a, ...u32(value)] : long(BigInt(value));
  }
  if (typeof value === 'string')
    return [0x58, ...u32(new TextEncoder().encode(value).length), ...ascii(value)];
  if ('float' in value) return float(value.float);
  if ('tuple' in value) return [0x28, ...value.tuple.flatMap(opcodes), 0x74];
  if ('list' in value) return [0x5d, 0x28, ...value.list.flatMap(opcodes), 0x65];
  if ('dict' in value) return [0x7d, 0x28, ...value.dict.flat().flatMap(opcodes), 0x75];
  if ('global' in value) return globalOpcode(value.global);
  if ('call' in value) return [...globalOpcode(value.call), ...opcodes({ tuple: value.args }), 0x52];
  if ('persistent' in value) return [...opcodes(value.persistent), 0x51];
  return value.raw;
}

/** One pickle of `value`. */
export const pickle = (value: Python): number[] => [0x80, 2, ...opcodes(value), 0x2e];

export interface TensorSpec {
  type?: string;
  key?: string;
  elementCount: number;
  offset?: number;
  shape: number[];
  stride?: number[];
  view?: Python;
}

/** A call of `_rebuild_tensor_v2` as torch writes it. */
export function tensor(spec: TensorSpec): Python {
  const stride =
    spec.stride ?? spec.shape.map((_, axis) => spec.shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const id: Python[] = [
    'storage',
    { global: `torch.${spec.type ?? 'Float'}Storage` },
    spec.key ?? '0',
    'cpu',
    spec.elementCount,
  ];
  if (spec.view !== undefined) id.push(spec.view);
  return {
    call: 'torch._utils._rebuild_tensor_v2',
    args: [
      { persistent: { tuple: id } },
      spec.offset ?? 0,
      { tuple: spec.shape },
      { tuple: stride },
      false,
      { call: 'collections.OrderedDict', args: [] },
    ],
  };
}

export const dict = (entries: Record<string, Python>): Python => ({ dict: Object.entries(entries) });

export interface MemberSpec {
  name: string;
  bytes: Uint8Array | number[];
  method?: number;
  flags?: number;
  /** Sizes and offset that the directory claims instead of the true ones. */
  claims?: { stored?: number; full?: number; offset?: number };
  /** Extra field of the directory entry, and of the local header. */
  extra?: number[];
  localExtra?: number[];
}

/** A zip file of `members`; `directoryCount` is the number of members that it claims. */
export function zip(members: MemberSpec[], directoryCount = members.length): Uint8Array {
  const body: number[] = [];
  const directory: number[] = [];
  for (const { name, bytes, method = 0, flags = 0, claims = {}, extra = [], localExtra = [] } of members) {
    const offset = body.length;
    const label = ascii(name);
    const fixed = [...u16(20), ...u16(flags), ...u16(method), ...u32(0), ...u32(0)];
    const sizes = [...u32(claims.stored ?? bytes.length), ...u32(claims.full ?? bytes.length)];
    body.push(...u32(0x04034b50), ...fixed, ...sizes, ...u16(label.length), ...u16(localExtra.length));
    body.push(...label, ...localExtra);
    for (const byte of bytes) body.push(byte);
    directory.push(...u32(0x02014b50), ...u16(20), ...fixed, ...sizes, ...u16(label.length));
    directory.push(
      ...u16(extra.length),
      ...u16(0),
      ...u64(0),
      ...u32(claims.offset ?? offset),
      ...label,
      ...extra,
    );
  }
  const counts = [...u16(directoryCount), ...u16(directoryCount)];
  const end = [
    ...u32(0x06054b50),
    ...u32(0),
    ...counts,
    ...u32(directory.length),
    ...u32(body.length),
    ...u16(0),
  ];
  return Uint8Array.from([...body, ...directory, ...end]);
}

/** A checkpoint in PyTorch's zip container; `storages` by key. */
export function zipCheckpoint(
  object: Python,
  storages: Record<string, Uint8Array | number[]> = {},
  more: MemberSpec[] = [],
): Uint8Array {
  return zip([
    { name: 'net/data.pkl', bytes: pickle(object) },
    ...Object.entries(storages).map(([key, bytes]) => ({ name: `net/data/${key}`, bytes })),
    ...more,
  ]);
}

export interface LegacyOptions {
  littleEndian?: boolean;
  /** The dictionary about the system, instead of one that says `littleEndian`. */
  system?: Python;
  /** Element counts in big-endian order too. */
  bigEndianCounts?: boolean;
  magic?: Python;
  protocol?: Python;
  keys?: Python;
}

/** A checkpoint in PyTorch's legacy stream; storages are given with their element counts. */
export function legacyCheckpoint(
  object: Python,
  storages: [key: string, elementCount: number, bytes: Uint8Array | number[]][] = [],
  options: LegacyOptions = {},
): Uint8Array {
  const keys = options.keys ?? { list: storages.map(([key]) => key) };
  const count = (value: number) => (options.bigEndianCounts ? u64(value).reverse() : u64(value));
  return Uint8Array.from([
    ...pickle(options.magic ?? 0x1950a86a20f9469cfc6cn),
    ...pickle(options.protocol ?? 1001),
    ...pickle(
      options.system ?? dict({ protocol_version: 1001, little_endian: options.littleEndian ?? true }),
    ),
    ...pickle(object),
    ...pickle(keys),
    ...storages.flatMap(([, elementCount, bytes]) => [...count(elementCount), ...bytes]),
  ]);
}

/** A safetensors file; a text as header is taken as it stands. */
export function safetensors(
  header: unknown,
  data: Uint8Array | number[] = [],
  headerBytes?: number,
): Uint8Array {
  const json = ascii(typeof header === 'string' ? header : JSON.stringify(header));
  return Uint8Array.from([...u64(headerBytes ?? json.length), ...json, ...data]);
}

/** Bytes of `values` as little-endian float32. */
export const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
