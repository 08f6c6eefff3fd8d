import { type Place, printable, refuse } from './failure.ts';
import type { CheckpointLimits } from './limits.ts';
import { ByteCursor, type RandomAccessSource, readBytes, type Section } from './source.ts';
import { textFromLatin1, textFromUtf8 } from './utf8.ts';
import { findDirectory } from './zip-directory.ts';

/** The members of a zip file by name; none is read before it is asked for. */
export interface ZipArchive {
  readonly names: readonly string[];
  /** Where the bytes of member `name` lie, or `undefined`; refuses compressed and encrypted members. */
  section(name: string): (Section & { member: string }) | undefined;
}

interface Member {
  name: string;
  flags: number;
  method: number;
  sizeBytes: number;
  headerOffset: number;
  /** First byte that belongs to what follows in the file: the next member or the directory. */
  endOffset: number;
  place: Place;
}

const CENTRAL_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
const ENCRYPTED = 1;
const STORED = 0;
const ZIP64_EXTRA = 0x0001;
const IN_ZIP64 = 0xffffffff;

/**
 * The archive at `source`, as its directory describes it (APPNOTE 6.3, zip64 included). Stored members only: that is
 * what `torch.save` writes. Members that share bytes or names are refused, and so a small file cannot grow. Call
 * inside `attempt`.
 */
export function openZip(source: RandomAccessSource, limits: CheckpointLimits): ZipArchive {
  const directory = findDirectory(source, limits);
  const cursor = new ByteCursor(source, directory);
  const members: Member[] = [];
  for (let index = 0; index < directory.members; index++) members.push(readMember(cursor));
  separate(members, directory.start);

  const byName = new Map<string, Member>();
  for (const member of members) {
    if (byName.has(member.name)) {
      refuse('malformed', `two members are named ${printable(member.name)}`, member.place);
    }
    byName.set(member.name, member);
  }
  return {
    names: [...byName.keys()],
    section: (name) => {
      const member = byName.get(name);
      return member === undefined ? undefined : locate(source, member);
    },
  };
}

/** One entry of the directory. */
function readMember(cursor: ByteCursor): Member {
  const place = cursor.place();
  if (cursor.u32() !== CENTRAL_SIGNATURE)
    refuse('malformed', 'a zip directory entry without its signature', place);
  cursor.bytes(4); // versions
  const flags = cursor.u16();
  const method = cursor.u16();
  cursor.bytes(8); // time, date, CRC
  const storedBytes = cursor.u32();
  const fullBytes = cursor.u32();
  const nameBytes = cursor.u16();
  const extraBytes = cursor.u16();
  const commentBytes = cursor.u16();
  cursor.bytes(8); // disk, attributes
  const offset = cursor.u32();
  const name = cursor.bytes(nameBytes);
  const text = textFromUtf8(name) ?? textFromLatin1(name);
  const [sizeBytes = 0, packedBytes = 0, headerOffset = 0] = zip64Fields(
    cursor.bytes(extraBytes),
    [fullBytes, storedBytes, offset],
    place,
  );
  cursor.bytes(commentBytes);
  if (method === STORED && sizeBytes !== packedBytes) {
    refuse('malformed', `stored member ${printable(text)} has two sizes`, place);
  }
  const endOffset = headerOffset + LOCAL_HEADER_BYTES + nameBytes + packedBytes;
  return { name: text, flags, method, sizeBytes, headerOffset, endOffset, place };
}

/** `fields` (size, stored size, offset) with those that say "see zip64" taken from the extra field, in this order. */
function zip64Fields(extra: Uint8Array, fields: number[], place: Place): number[] {
  if (!fields.includes(IN_ZIP64)) return fields;
  const view = new DataView(extra.buffer, extra.byteOffset, extra.byteLength);
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== ZIP64_EXTRA) continue;
    let next = at + 4;
    return fields.map((field) => {
      if (field !== IN_ZIP64) return field;
      next += 8;
      if (next > extra.byteLength) return refuse('malformed', 'a zip64 field that is cut short', place);
      return Number(view.getBigUint64(next - 8, true));
    });
  }
  return refuse('malformed', 'a zip64 field is missing', place);
}

/** Checks that members follow one another before the directory, and notes where each has to end. */
function separate(members: readonly Member[], directoryStart: number): void {
  const ordered = members.toSorted((left, right) => left.headerOffset - right.headerOffset);
  for (const [index, member] of ordered.entries()) {
    const limit = ordered[index + 1]?.headerOffset ?? directoryStart;
    if (member.endOffset > limit) {
      refuse('malformed', `member ${printable(member.name)} overlaps what follows it`, member.place);
    }
    member.endOffset = limit;
  }
}

/** The bytes of a member: behind its local header, whose extra field (torch aligns with it) has its own length. */
function locate(source: RandomAccessSource, member: Member): Section & { member: string } {
  const { name, place } = member;
  if (member.flags & ENCRYPTED) refuse('unsupported', `encrypted member ${printable(name)}`, place);
  if (member.method !== STORED) {
    refuse('unsupported', `compressed member ${printable(name)}; PyTorch stores members uncompressed`, place);
  }
  const header = readBytes(source, member.headerOffset, LOCAL_HEADER_BYTES);
  const at = { offset: member.headerOffset };
  if (header.getUint32(0, true) !== LOCAL_SIGNATURE) {
    refuse('malformed', `no local header of member ${printable(name)}`, at);
  }
  if (header.getUint16(8, true) !== STORED) {
    refuse('malformed', `member ${printable(name)} has two compression methods`, at);
  }
  const nameAndExtraBytes = header.getUint16(26, true) + header.getUint16(28, true);
  const start = member.headerOffset + LOCAL_HEADER_BYTES + nameAndExtraBytes;
  const end = start + member.sizeBytes;
  if (end > member.endOffset) refuse('malformed', `member ${printable(name)} overlaps what follows it`, at);
  return { start, end, member: name };
}
