import { refuse } from './failure.ts';
import type { CheckpointLimits } from './limits.ts';
import { type RandomAccessSource, readBytes, type Section } from './source.ts';

/** Where the directory of a zip file lies (its end is exclusive) and how many members it lists. */
export interface ZipDirectory extends Section {
  members: number;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_END_BYTES = 56;

/** The directory of the zip file `source`, found from the end of the file and checked to lie inside it. */
export function findDirectory(source: RandomAccessSource, limits: CheckpointLimits): ZipDirectory {
  const endOffset = findEnd(source);
  const end = readBytes(source, endOffset, END_BYTES);
  const members = end.getUint16(10, true);
  const sizeBytes = end.getUint32(12, true);
  const start = end.getUint32(16, true);
  const isZip64 = members === 0xffff || sizeBytes === 0xffffffff || start === 0xffffffff;
  const directory = isZip64
    ? zip64Directory(source, endOffset)
    : { start, end: start + sizeBytes, members, limit: endOffset };

  const place = { offset: endOffset };
  if (directory.end > directory.limit) {
    refuse('malformed', `a zip directory of bytes ${directory.start} to ${directory.end}`, place);
  }
  if (directory.members > limits.zipMembers) refuse('limit', `${directory.members} zip members`, place);
  if (directory.end - directory.start > limits.directoryBytes) {
    refuse('limit', `a zip directory of more than ${limits.directoryBytes} bytes`, place);
  }
  return { start: directory.start, end: directory.end, members: directory.members };
}

/** Offset of the end record: the last one whose comment reaches exactly to the end of the file. */
function findEnd(source: RandomAccessSource): number {
  const tailBytes = Math.min(source.size, END_BYTES + LONGEST_COMMENT);
  const tailStart = source.size - tailBytes;
  const tail = readBytes(source, tailStart, tailBytes);
  for (let at = tailBytes - END_BYTES; at >= 0; at--) {
    const isEnd = tail.getUint32(at, true) === END_SIGNATURE;
    if (isEnd && at + END_BYTES + tail.getUint16(at + 20, true) === tailBytes) return tailStart + at;
  }
  return refuse('truncated', 'a zip file without the directory at its end', { offset: source.size });
}

function zip64Directory(source: RandomAccessSource, endOffset: number): ZipDirectory & { limit: number } {
  const locatorOffset = endOffset - ZIP64_LOCATOR_BYTES;
  const place = { offset: Math.max(0, locatorOffset) };
  if (locatorOffset < 0) return refuse('malformed', 'a zip64 file without its locator', place);
  const locator = readBytes(source, locatorOffset, ZIP64_LOCATOR_BYTES);
  const recordOffset = Number(locator.getBigUint64(8, true));
  if (
    locator.getUint32(0, true) !== ZIP64_LOCATOR_SIGNATURE ||
    recordOffset + ZIP64_END_BYTES > locatorOffset
  ) {
    return refuse('malformed', 'a zip64 file without its locator', place);
  }
  const record = readBytes(source, recordOffset, ZIP64_END_BYTES);
  if (record.getUint32(0, true) !== ZIP64_END_SIGNATURE) {
    return refuse('malformed', 'a zip64 file without its end record', { offset: recordOffset });
  }
  const start = Number(record.getBigUint64(48, true));
  const end = start + Number(record.getBigUint64(40, true));
  return { start, end, members: Number(record.getBigUint64(32, true)), limit: recordOffset };
}
