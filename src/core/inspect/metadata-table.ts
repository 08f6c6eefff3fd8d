/** Facts about files as columns of numbers, for the metadata-only baseline. */
import { type JpegFacts, SUBSAMPLINGS } from '../image/jpeg-facts.ts';
import { jpegQuality } from '../image/jpeg-quality.ts';
import type { Shape } from './file-facts.ts';

/** Kinds of facts that a baseline may look at. */
export const METADATA_KINDS = ['container', 'size', 'tables'] as const;
export type MetadataKind = (typeof METADATA_KINDS)[number];

/** Entries of a quantisation table that are columns of their own; the sum stands for the others. */
const LUMA_ENTRIES = 16;
const CHROMA_ENTRIES = 6;

/**
 * One column a fact, one value a picture: `container` is one column a container that occurs, `size` the sides, area and
 * proportions, `tables` all that a JPEG's coder chose (quantisation tables, nearest quality, subsampling, progressive),
 * 0 for other containers.
 */
export function metadataColumns(
  pictures: readonly { shape: Shape; jpeg: JpegFacts | null }[],
  kinds: readonly MetadataKind[],
): Float64Array[] {
  const shapes = pictures.map(({ shape }) => shape);
  const columns: Record<MetadataKind, () => Float64Array[]> = {
    container: () => containerColumns(shapes),
    size: () => sizeColumns(shapes),
    tables: () => tableColumns(pictures.map(({ jpeg }) => jpeg)),
  };
  return kinds.flatMap((kind) => columns[kind]());
}

const columnOf = <Row>(rows: readonly Row[], value: (row: Row) => number): Float64Array =>
  Float64Array.from(rows, value);

function containerColumns(shapes: readonly Shape[]): Float64Array[] {
  const containers = [...new Set(shapes.map(({ container }) => container))].sort();
  return containers.map((name) => columnOf(shapes, ({ container }) => Number(container === name)));
}

function sizeColumns(shapes: readonly Shape[]): Float64Array[] {
  return [
    columnOf(shapes, ({ widthPx }) => widthPx),
    columnOf(shapes, ({ heightPx }) => heightPx),
    columnOf(shapes, ({ widthPx, heightPx }) => widthPx * heightPx),
    columnOf(shapes, ({ widthPx, heightPx }) => widthPx / heightPx),
    // Generators write sides that are multiples of their blocks, cameras a few fixed ones.
    columnOf(shapes, ({ widthPx, heightPx }) => commonPowerOfTwo(widthPx, heightPx)),
  ];
}

/** The largest power of two, at most 256, that divides both. */
function commonPowerOfTwo(one: number, other: number): number {
  let power = 1;
  while (power < 256 && (one | other) % (power * 2) === 0) power *= 2;
  return power;
}

function tableColumns(jpegs: readonly (JpegFacts | null)[]): Float64Array[] {
  const entries = (plane: 'luma' | 'chroma', count: number): Float64Array[] =>
    Array.from({ length: count }, (_, index) => columnOf(jpegs, (jpeg) => jpeg?.[plane]?.[index] ?? 0));
  const sum = (plane: 'luma' | 'chroma') =>
    columnOf(jpegs, (jpeg) => jpeg?.[plane]?.reduce((total, step) => total + step, 0) ?? 0);
  const qualities = jpegs.map((jpeg) => (jpeg === null ? null : jpegQuality(jpeg)));
  return [
    ...entries('luma', LUMA_ENTRIES),
    ...entries('chroma', CHROMA_ENTRIES),
    ...[sum('luma'), sum('chroma')],
    columnOf(qualities, (quality) => quality?.quality ?? 0),
    columnOf(qualities, (quality) => Number(quality?.isStandard ?? false)),
    columnOf(jpegs, (jpeg) => (jpeg === null ? -1 : SUBSAMPLINGS.indexOf(jpeg.subsampling))),
    columnOf(jpegs, (jpeg) => Number(jpeg?.progressive ?? false)),
  ];
}
