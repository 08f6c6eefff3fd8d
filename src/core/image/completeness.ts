/** Whether a file ends before its picture does. A cut file must not be scored: the missing part decodes to grey. */
import type { Format } from './magic.ts';

/** False when the PNG, WebP or GIF in `bytes` is cut short; true for other formats, whose decoders notice. */
export function isComplete(bytes: Uint8Array, format: Format): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === 'png') return pngEnds(view);
  if (format === 'webp') return view.byteLength >= 8 && view.getUint32(4, true) + 8 <= view.byteLength;
  if (format === 'gif') return gifEnds(bytes);
  return true;
}

/** PNG: chunks of length, type, data, checksum follow the signature until IEND. */
function pngEnds(view: DataView): boolean {
  const IEND = 0x49454e44;
  for (let offset = 8; offset + 12 <= view.byteLength; ) {
    if (view.getUint32(offset + 4) === IEND) return true;
    offset += 12 + view.getUint32(offset);
  }
  return false;
}

/**
 * GIF (89a, appendix A): blocks until the trailer. Files that lack only the trailer are common and whole: they end
 * exactly on the border of a block.
 */
function gifEnds(bytes: Uint8Array): boolean {
  let offset = 13 + colourTableBytes(bytes[10] ?? 0);
  let frames = 0;
  while (offset < bytes.length) {
    const introducer = bytes[offset];
    if (introducer === 0x3b) return true;
    if (introducer === 0x21) {
      offset = afterSubBlocks(bytes, offset + 2);
    } else if (introducer === 0x2c) {
      offset = afterSubBlocks(bytes, offset + 11 + colourTableBytes(bytes[offset + 9] ?? 0));
      frames += 1;
    } else {
      // Padding after the last block: browsers stop here and show what they have.
      return frames > 0;
    }
  }
  return frames > 0 && offset === bytes.length;
}

const colourTableBytes = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));

/** Offset behind a chain of sub-blocks; beyond the end of `bytes` when the chain is cut. */
function afterSubBlocks(bytes: Uint8Array, start: number): number {
  let offset = start;
  while (offset < bytes.length) {
    const length = bytes[offset] ?? 0;
    offset += 1 + length;
    if (length === 0) return offset;
  }
  return bytes.length + 1;
}
