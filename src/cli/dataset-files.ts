/** Labelled pictures on disk: a folder with `index.csv`, or with `real/` and `fake/`. */
import path from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import {
  byPath,
  type DatasetItem,
  itemsOfSplit,
  listingFromPaths,
  listingFromRows,
} from '../core/dataset/listing.ts';
import { failure, type Result, success } from '../core/result.ts';
import { FILE_FAILURES, readWhole } from './files.ts';
import { pictureFilesBelow } from './inputs.ts';
import { isFolder } from './model-files.ts';

export interface Dataset {
  /** As given. */
  folder: string;
  /** Sorted by path; files named by `index.csv` may be missing. */
  items: DatasetItem[];
  /** Pictures that lie neither under `real/` nor `fake/`; empty where there is an `index.csv`. */
  strays: string[];
}

const TABLE = 'index.csv';
const MOST_TABLE_BYTES = 256 * 2 ** 20;

/** Where the picture of an item lies. */
export const fileOf = ({ folder }: Pick<Dataset, 'folder'>, item: Pick<DatasetItem, 'path'>): string =>
  path.join(folder, item.path);

/**
 * The labelled pictures of `folder`, of one `split` where it is not null. `index.csv` decides where it is there. The
 * failure is one line that says what is wrong.
 */
export async function findDataset(folder: string, split: string | null): Promise<Result<Dataset, string>> {
  const isThere = isFolder(folder);
  if (!isThere.ok) return isThere;
  if (!isThere.value) return failure(`${folder}: it is not a folder`);
  const table = readWhole(path.join(folder, TABLE), MOST_TABLE_BYTES);
  if (!table.ok && table.failure !== 'not-found') {
    return failure(`${path.join(folder, TABLE)}: ${FILE_FAILURES[table.failure]}`);
  }
  const listing = table.ok ? listedIn(folder, table.value) : foundBelow(folder);
  if (!listing.ok) return listing;
  const { items, strays } = listing.value;
  const chosen = split === null ? success(items) : itemsOfSplit(items, split);
  if (!chosen.ok) return failure(`${folder}: ${chosen.failure}`);
  return success({ folder, items: chosen.value.toSorted(byPath), strays });
}

type Found = Pick<Dataset, 'items' | 'strays'>;

function listedIn(folder: string, bytes: Uint8Array): Result<Found, string> {
  const table = path.join(folder, TABLE);
  const rows = rowsOf(bytes);
  if (!rows.ok) return failure(`${table}: ${rows.failure}`);
  const listing = listingFromRows(rows.value);
  if (!listing.ok) return failure(`${table}: row ${listing.failure.row}: ${listing.failure.message}`);
  const twice = firstRepeated(listing.value.map((item) => item.path));
  if (twice !== null) return failure(`${table}: ${twice} is listed twice`);
  if (listing.value.length === 0) return failure(`${table}: there are no rows`);
  return success({ items: listing.value, strays: [] });
}

function rowsOf(bytes: Uint8Array): Result<Record<string, string>[], string> {
  try {
    return success(parse(Buffer.from(bytes), { columns: true, bom: true, skip_empty_lines: true }));
  } catch (error) {
    if (error instanceof CsvError) return failure(error.message);
    throw error;
  }
}

function firstRepeated(names: readonly string[]): string | null {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return null;
}

function foundBelow(folder: string): Result<Found, string> {
  const files = pictureFilesBelow(folder);
  if (!files.ok) return failure(`${files.failure}: ${FILE_FAILURES.unreadable}`);
  const { items, strays } = listingFromPaths(files.value);
  if (items.length > 0) return success({ items, strays });
  return failure(`${folder}: there are no pictures in real/ and fake/, and no ${TABLE}`);
}
