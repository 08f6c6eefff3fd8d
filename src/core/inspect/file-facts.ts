/** What an inspection knows of one labelled picture: its file, never its content. */
import type { JpegFacts } from '../image/jpeg-facts.ts';
import { jpegQuality } from '../image/jpeg-quality.ts';
import type { PictureIdentity } from './duplicates.ts';

/** Container and size of a picture; a crop's own, or those that a table states for the original it was cut from. */
export interface Shape {
  /** `jpeg`, `png`, ... in lower case. */
  container: string;
  widthPx: number;
  heightPx: number;
}

export interface FileFacts extends PictureIdentity, Shape {
  /** Relative to the data folder. */
  path: string;
  sizeBytes: number;
  /** Null for other containers. */
  jpeg: JpegFacts | null;
  hasExif: boolean;
  hasIcc: boolean;
  /** What `index.csv` states about the original; null without such columns. */
  original: Shape | null;
}

/**
 * The original's shape from the columns `original_format`, `original_width` and `original_height`, or null where one of
 * them is missing or no positive integer.
 */
export function originalShape(columns: Readonly<Record<string, string>>): Shape | null {
  const container = (columns.original_format ?? '').trim().toLowerCase();
  const [widthPx, heightPx] = [columns.original_width, columns.original_height].map(positiveInteger);
  if (container === '' || widthPx == null || heightPx == null) return null;
  return { container: container === 'jpg' ? 'jpeg' : container, widthPx, heightPx };
}

const positiveInteger = (text: string | undefined): number | null =>
  text !== undefined && /^[1-9]\d{0,6}$/.test(text) ? Number(text) : null;

/** The setting of libjpeg that wrote a JPEG as text, `other` for tables that are not its; null for other containers. */
export function qualityName({ jpeg }: Pick<FileFacts, 'jpeg'>): string | null {
  if (jpeg === null) return null;
  const quality = jpegQuality(jpeg);
  return quality?.isStandard ? String(quality.quality) : 'other';
}
