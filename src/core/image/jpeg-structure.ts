/** Walks the segments of a JPEG file (ITU-T T.81 annex B) as far as a decoder's fate depends on them. */

export interface JpegStructure {
  /** As stored, before EXIF orientation. */
  widthPx: number;
  heightPx: number;
  /** 1 grey, 3 colour, 4 CMYK or YCCK. */
  components: number;
  /** Bits per sample: 8 in practice. */
  precision: number;
  /** An end-of-image marker follows the first scan. */
  complete: boolean;
}

const SOS = 0xda;
const EOI = 0xd9;

/**
 * The frame header and completeness of the JPEG in `bytes`, or null when no frame header precedes the first scan.
 * The frame header found is the one that libjpeg obeys, so a forged second one cannot hide a huge picture.
 */
export function walkJpeg(bytes: Uint8Array): JpegStructure | null {
  let frame: Omit<JpegStructure, 'complete'> | null = null;
  let offset = 2;
  while (offset + 4 <= bytes.length) {
    if (bytes[offset] !== 0xff) {
      // libjpeg skips garbage between segments up to the next marker.
      offset += 1;
      continue;
    }
    const marker = bytes[offset + 1] ?? 0;
    if (marker === 0xff) {
      offset += 1;
      continue;
    }
    if (hasNoLength(marker)) {
      if (marker === EOI) break;
      offset += 2;
      continue;
    }
    const lengthBytes = uint16(bytes, offset + 2);
    if (isFrameHeader(marker) && frame === null) frame = readFrame(bytes, offset + 4);
    if (marker === SOS) {
      return frame === null ? null : { ...frame, complete: endsAfter(bytes, offset + 2 + lengthBytes) };
    }
    offset += 2 + Math.max(2, lengthBytes);
  }
  return frame === null ? null : { ...frame, complete: false };
}

/** SOF0 to SOF15 without the three codes in between that mean something else (DHT, JPG, DAC). */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** Stuffed zero, TEM, restart markers, start and end of image stand alone. */
const hasNoLength = (marker: number): boolean => marker <= 0x01 || (marker >= 0xd0 && marker <= EOI);

function readFrame(bytes: Uint8Array, offset: number): Omit<JpegStructure, 'complete'> | null {
  if (offset + 6 > bytes.length) return null;
  return {
    precision: bytes[offset] ?? 0,
    heightPx: uint16(bytes, offset + 1),
    widthPx: uint16(bytes, offset + 3),
    components: bytes[offset + 5] ?? 0,
  };
}

/** Within scans 0xff is always followed by a stuffed zero or a marker, so FF D9 there is the end of the image. */
function endsAfter(bytes: Uint8Array, start: number): boolean {
  let offset = bytes.indexOf(0xff, start);
  while (offset !== -1 && offset + 1 < bytes.length) {
    if (bytes[offset + 1] === EOI) return true;
    offset = bytes.indexOf(0xff, offset + 1);
  }
  return false;
}

const uint16 = (bytes: Uint8Array, offset: number): number =>
  ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
