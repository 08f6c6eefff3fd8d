/** What a folder of labelled pictures holds, read from its paths or its table. */
import { failure, type Result, success } from '../result.ts';

export type Label = 'real' | 'fake';

/** One labelled picture. */
export interface DatasetItem {
  /** Relative to the data folder, with forward slashes: names the picture on every machine. */
  path: string;
  label: Label;
  /** Repository, site, camera or collection: what pictures share that are not independent of one another. */
  source: string;
  /** What made a fake; null for a real picture. */
  generator: string | null;
  /** Family of the generator where the table names one. */
  family: string | null;
  /** `train`, `val`, ...; null where the data knows no splits. */
  split: string | null;
  /** Every column of the picture's row, as it stands there; empty without a table. */
  columns: Readonly<Record<string, string>>;
}

export interface Listing {
  items: DatasetItem[];
  /** Paths of pictures that lie where neither label is known. */
  strays: string[];
}

/** Source or generator of pictures that lie in `real/` or `fake/` itself. */
export const UNNAMED = '(unnamed)';

/**
 * The items of pictures at `paths` (relative to the data folder, forward slashes), in their order: `real/<source>/...`
 * and `fake/<generator>/...` of any depth, or the same below one folder for each split. A fake's source is its folder.
 */
export function listingFromPaths(paths: readonly string[]): Listing {
  const items: DatasetItem[] = [];
  const strays: string[] = [];
  for (const path of paths) {
    const item = itemAt(path);
    if (item === null) strays.push(path);
    else items.push(item);
  }
  return { items, strays };
}

function itemAt(path: string): DatasetItem | null {
  const segments = path.split('/');
  const at = labelOf(segments[0]) === null ? 1 : 0;
  const label = labelOf(segments[at]);
  if (label === null || segments.length < at + 2) return null;
  const name = segments.length > at + 2 ? (segments[at + 1] ?? UNNAMED) : UNNAMED;
  const split = at === 0 ? null : (segments[0] ?? null);
  const generator = label === 'fake' ? name : null;
  return { path, label, source: name, generator, family: null, split, columns: {} };
}

const labelOf = (folder: string | undefined): Label | null =>
  folder === 'real' || folder === 'fake' ? folder : null;

export interface RowFailure {
  /** Counted from 1, without the head. */
  row: number;
  message: string;
}

const LABELS: Readonly<Record<string, Label>> = { real: 'real', fake: 'fake', 0: 'real', 1: 'fake' };

/**
 * The items of a table's rows, in their order. Columns: `file` (or `path` where there is none: in a table with both,
 * `path` is the original's place in its repository), `label` (real, fake, 0, 1), `source`, `generator`, and where they
 * are there `family` and `split`; others are kept. A fake without a generator is its source's; a real without a source
 * is refused, because nothing could be left out or resampled then. Paths are normalised; one that leads out of the data's
 * folder is refused.
 */
export function listingFromRows(
  rows: readonly Readonly<Record<string, string>>[],
): Result<DatasetItem[], RowFailure> {
  const items: DatasetItem[] = [];
  for (const [index, columns] of rows.entries()) {
    const item = itemOfRow(columns);
    if (!item.ok) return failure({ row: index + 1, message: item.failure });
    items.push(item.value);
  }
  return success(items);
}

function itemOfRow(columns: Readonly<Record<string, string>>): Result<DatasetItem, string> {
  const written = columns.file ?? columns.path ?? '';
  const path = withinFolder(written);
  if (written === '' || path === '') return failure('there is no path');
  if (path === null) return failure(`${written} leads out of the folder`);
  const word = (columns.label ?? '').trim().toLowerCase();
  const label = Object.hasOwn(LABELS, word) ? LABELS[word] : undefined;
  if (label === undefined) return failure(`the label is "${word}", not real or fake`);
  const source = columns.source || columns.generator || '';
  if (source === '') return failure('there is no source');
  return success({
    path,
    label,
    source,
    generator: label === 'fake' ? columns.generator || source : null,
    family: columns.family || null,
    split: columns.split || null,
    columns,
  });
}

/**
 * `path` with forward slashes and neither `.` nor `..`, so that one file has one name; null when it leads out of the folder
 * that it is relative to: from the root, from a drive, or over `..`, backslashes counting as Windows has them.
 */
function withinFolder(path: string): string | null {
  if (/^(?:[/\\]|[A-Za-z]:)/.test(path)) return null;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment.split('\\').includes('..') && segment !== '..') return null;
    if (segment === '..' && segments.pop() === undefined) return null;
    if (segment !== '' && segment !== '.' && segment !== '..') segments.push(segment);
  }
  return segments.join('/');
}

/** Order of paths by code units: the same on every machine. */
export const byPath = (left: Pick<DatasetItem, 'path'>, right: Pick<DatasetItem, 'path'>): number =>
  left.path < right.path ? -1 : Number(left.path > right.path);

/** The items of one split, or why there are none. */
export function itemsOfSplit(items: readonly DatasetItem[], split: string): Result<DatasetItem[], string> {
  const splits = [...new Set(items.map((item) => item.split).filter((name) => name !== null))].sort();
  if (splits.length === 0) return failure('the data has no splits');
  const chosen = items.filter((item) => item.split === split);
  if (chosen.length > 0) return success(chosen);
  return failure(`there is no split "${split}"; there are ${splits.join(', ')}`);
}
