/** Which kind of file this is, by its first bytes: names and content types lie. */

/** Kinds with raster pixels that some decoder here may read. */
export const FORMATS = ['jpeg', 'png', 'webp', 'gif', 'avif', 'bmp'] as const;
export type Format = (typeof FORMATS)[number];

/** Kinds that are pictures, but not for Telltale. */
export const UNSUPPORTED = ['SVG', 'ICO', 'HEIC', 'TIFF', 'JPEG XL', 'JPEG 2000'] as const;
export type Unsupported = (typeof UNSUPPORTED)[number];

export type Kind = { format: Format } | { unsupported: Unsupported } | { other: true };

const SIGNATURES: readonly (readonly [string, Kind])[] = [
  ['\xff\xd8\xff', { format: 'jpeg' }],
  ['\x89PNG\r\n\x1a\n', { format: 'png' }],
  ['GIF87a', { format: 'gif' }],
  ['GIF89a', { format: 'gif' }],
  ['\x00\x00\x01\x00', { unsupported: 'ICO' }],
  ['\x00\x00\x02\x00', { unsupported: 'ICO' }],
  ['II*\x00', { unsupported: 'TIFF' }],
  ['MM\x00*', { unsupported: 'TIFF' }],
  ['\xff\x0a', { unsupported: 'JPEG XL' }],
  ['\x00\x00\x00\x0cJXL ', { unsupported: 'JPEG XL' }],
  ['\x00\x00\x00\x0cjP  ', { unsupported: 'JPEG 2000' }],
];
/** How much of a text file is searched for `<svg`, which may follow comments and a document type. */
const TEXT_BYTES = 4096;

/** The kind of file that `bytes` starts like; never throws, reads at most the first few kilobytes. */
export function kindOf(bytes: Uint8Array): Kind {
  const start = latin1(bytes.subarray(0, 64));
  for (const [signature, kind] of SIGNATURES) if (start.startsWith(signature)) return kind;
  if (start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP') return { format: 'webp' };
  if (start.slice(4, 8) === 'ftyp') return brandKind(bytes, start);
  // 'BM' alone is a likely start of a text: the size of the header that follows must be a known one.
  if (start.startsWith('BM') && isBitmapHeaderSize(start.slice(14, 18))) {
    return { format: 'bmp' };
  }
  return looksLikeSvg(bytes) ? { unsupported: 'SVG' } : { other: true };
}

/** Sizes of the headers that Windows and OS/2 have defined, as 32 bits little-endian. */
const isBitmapHeaderSize = (field: string): boolean =>
  [12, 40, 52, 56, 64, 108, 124].includes(field.charCodeAt(0)) && field.slice(1) === '\0\0\0';

/** Kind of an ISO base media file by its major and compatible brands. */
function brandKind(bytes: Uint8Array, start: string): Kind {
  const boxBytes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const listed = latin1(bytes.subarray(8, Math.min(boxBytes, 256)));
  const brands = [start.slice(8, 12), ...(listed.slice(8).match(/.{4}/gs) ?? [])];
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return { format: 'avif' };
  if (brands.some((brand) => /^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand))) return { unsupported: 'HEIC' };
  return { other: true };
}

function looksLikeSvg(bytes: Uint8Array): boolean {
  const text = latin1(bytes.subarray(0, TEXT_BYTES))
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  return /^<(\?xml|!--|!doctype svg|svg)/.test(text) && /<svg[\s>]/.test(text) && !/<html[\s>]/.test(text);
}

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
