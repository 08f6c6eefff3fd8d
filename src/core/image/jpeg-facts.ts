/** How a JPEG file was written, by the segments before its first scan (ITU-T T.81 annex B); nothing is decoded. */

/** 64 quantisation steps in the file's zigzag order, each 1..65535 (0 only in a broken file). */
export type QuantisationTable = readonly number[];

/** How the colour planes are thinned out; `grey` has one plane, `other` is none of the usual layouts. */
export const SUBSAMPLINGS = ['4:4:4', '4:2:2', '4:4:0', '4:2:0', '4:1:1', 'grey', 'other'] as const;
export type Subsampling = (typeof SUBSAMPLINGS)[number];

export interface JpegFacts {
  /** Table of the first component; null when the file does not define it before its first scan. */
  luma: QuantisationTable | null;
  /** Table of the second component; null when there is none or it is not defined. */
  chroma: QuantisationTable | null;
  subsampling: Subsampling;
  progressive: boolean;
  hasExif: boolean;
  hasIcc: boolean;
}

interface Component {
  horizontal: number;
  vertical: number;
  table: number;
}

interface Frame {
  progressive: boolean;
  components: Component[];
}

const SOS = 0xda;
const EOI = 0xd9;
const DQT = 0xdb;
const APP1 = 0xe1;
const APP2 = 0xe2;
/** What a segment of metadata starts with to be what its marker promises (EXIF 2.3, 4.7.2; ICC.1 annex B.4). */
const SIGNATURES = { exif: 'Exif\0', icc: 'ICC_PROFILE\0' } as const;

/**
 * What the headers of the JPEG in `bytes` say, or null when no frame header precedes the first scan. The last
 * definition of a table counts, as it does for a decoder; tables that progressive files define between scans do not.
 * Never throws; time is linear in the bytes before the first scan.
 */
export function jpegFacts(bytes: Uint8Array): JpegFacts | null {
  const tables = new Map<number, QuantisationTable>();
  let frame: Frame | null = null;
  let hasExif = false;
  let hasIcc = false;
  for (const { marker, body } of segmentsOf(bytes)) {
    if (marker === DQT) readTables(body, tables);
    else if (isFrameHeader(marker)) frame ??= readFrame(marker, body);
    else if (marker === APP1) hasExif ||= startsWith(body, SIGNATURES.exif);
    else if (marker === APP2) hasIcc ||= startsWith(body, SIGNATURES.icc);
  }
  if (frame === null) return null;
  const [first, second] = frame.components;
  return {
    luma: tables.get(first?.table ?? -1) ?? null,
    chroma: tables.get(second?.table ?? -1) ?? null,
    subsampling: subsamplingOf(frame.components),
    progressive: frame.progressive,
    hasExif,
    hasIcc,
  };
}

/** Segments with a body, up to the first scan or the end; a body that the file's end cuts off is handed out short. */
function* segmentsOf(bytes: Uint8Array): Generator<{ marker: number; body: Uint8Array }> {
  let offset = 2;
  while (offset + 4 <= bytes.length) {
    const marker = bytes[offset + 1] ?? 0;
    // libjpeg skips garbage and fill bytes between segments up to the next marker.
    if (bytes[offset] !== 0xff || marker === 0xff) {
      offset += 1;
      continue;
    }
    if (marker === SOS || marker === EOI) return;
    if (hasNoLength(marker)) {
      offset += 2;
      continue;
    }
    const lengthBytes = Math.max(2, uint16(bytes, offset + 2));
    yield { marker, body: bytes.subarray(offset + 4, offset + 2 + lengthBytes) };
    offset += 2 + lengthBytes;
  }
}

/** SOF0 to SOF15 without the three codes in between that mean something else (DHT, JPG, DAC). */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** Stuffed zero, TEM, restart markers and start of image stand alone. */
const hasNoLength = (marker: number): boolean => marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** One segment may define several tables of 8 or 16 bits; a cut one defines nothing. */
function readTables(body: Uint8Array, tables: Map<number, QuantisationTable>): void {
  let offset = 0;
  while (offset < body.length) {
    const head = body[offset] ?? 0;
    const stepBytes = head >> 4 === 0 ? 1 : 2;
    const end = offset + 1 + 64 * stepBytes;
    if (end > body.length) return;
    const start = offset + 1;
    const table = Array.from({ length: 64 }, (_, index) =>
      stepBytes === 1 ? (body[start + index] ?? 0) : uint16(body, start + index * 2),
    );
    tables.set(head & 0x0f, table);
    offset = end;
  }
}

/** Null for a header that is cut or names no component. */
function readFrame(marker: number, body: Uint8Array): Frame | null {
  const count = body[5] ?? 0;
  if (count === 0 || body.length < 6 + count * 3) return null;
  const components = Array.from({ length: count }, (_, index) => {
    const sampling = body[6 + index * 3 + 1] ?? 0;
    return { horizontal: sampling >> 4, vertical: sampling & 0x0f, table: body[6 + index * 3 + 2] ?? 0 };
  });
  // SOF2, 6, 10 and 14 are the progressive processes.
  return { progressive: (marker & 0x03) === 2, components };
}

/** By how much more finely the first plane is sampled than the two others, which must agree. */
function subsamplingOf(components: readonly Component[]): Subsampling {
  const [luma, blue, red] = components;
  if (luma === undefined || components.length === 1) return 'grey';
  if (blue === undefined || red === undefined || components.length !== 3) return 'other';
  if (blue.horizontal !== red.horizontal || blue.vertical !== red.vertical) return 'other';
  const ratio = `${luma.horizontal / blue.horizontal}:${luma.vertical / blue.vertical}`;
  return LAYOUTS[ratio] ?? 'other';
}

const LAYOUTS: Readonly<Record<string, Subsampling>> = {
  '1:1': '4:4:4',
  '2:1': '4:2:2',
  '1:2': '4:4:0',
  '2:2': '4:2:0',
  '4:1': '4:1:1',
};

const startsWith = (body: Uint8Array, signature: string): boolean =>
  body.length >= signature.length &&
  [...signature].every((character, index) => body[index] === character.charCodeAt(0));

const uint16 = (bytes: Uint8Array, offset: number): number =>
  ((bytes[offset] ?? 0) << 8) | (bytes[offset + 1] ?? 0);
