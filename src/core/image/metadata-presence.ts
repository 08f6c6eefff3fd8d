/** Whether a file carries EXIF data and a colour profile, by its container's own structure. */
import { jpegFacts } from './jpeg-facts.ts';
import type { Format } from './magic.ts';

export interface MetadataPresence {
  hasExif: boolean;
  hasIcc: boolean;
}

/** Chunk names by container: PNG (third edition, 11.3) and WebP (RFC 9649, 2.7.1.4). */
const CHUNKS = {
  png: { exif: 'eXIf', icc: 'iCCP', last: 'IEND' },
  webp: { exif: 'EXIF', icc: 'ICCP', last: '' },
} as const;

/**
 * What the JPEG, PNG or WebP in `bytes` carries beside its picture; neither for other formats and broken files. PNG keeps
 * EXIF in text chunks, too ("Raw profile type exif"): those do not count. Never throws; time is linear in the chunks.
 */
export function metadataPresence(bytes: Uint8Array, format: Format): MetadataPresence {
  if (format === 'jpeg') {
    const facts = jpegFacts(bytes);
    return { hasExif: facts?.hasExif ?? false, hasIcc: facts?.hasIcc ?? false };
  }
  if (format !== 'png' && format !== 'webp') return { hasExif: false, hasIcc: false };
  const { exif, icc, last } = CHUNKS[format];
  let [hasExif, hasIcc] = [false, false];
  for (const name of format === 'png' ? pngChunks(bytes) : riffChunks(bytes)) {
    hasExif ||= name === exif;
    hasIcc ||= name === icc;
    if (name === last) break;
  }
  return { hasExif, hasIcc };
}

function* pngChunks(bytes: Uint8Array): Generator<string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 8; offset + 8 <= view.byteLength; offset += 12 + view.getUint32(offset)) {
    yield nameAt(bytes, offset + 4);
  }
}

/** Chunks follow the RIFF head of 12 bytes and are padded to even lengths. */
function* riffChunks(bytes: Uint8Array): Generator<string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 12; offset + 8 <= view.byteLength; ) {
    yield nameAt(bytes, offset);
    const lengthBytes = view.getUint32(offset + 4, true);
    offset += 8 + lengthBytes + (lengthBytes % 2);
  }
}

const nameAt = (bytes: Uint8Array, offset: number): string =>
  String.fromCharCode(...bytes.subarray(offset, offset + 4));
