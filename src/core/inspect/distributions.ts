/** How the files of a class or a source are spread over formats, sizes and qualities. */
import { type FileFacts, qualityName } from './file-facts.ts';

/** How many files have which value; the most frequent first. */
export type Counts = Record<string, number>;

export interface Quantiles {
  least: number;
  quarter: number;
  median: number;
  threeQuarters: number;
  most: number;
}

export interface Distribution {
  files: number;
  containers: Counts;
  widthPx: Quantiles;
  heightPx: Quantiles;
  megapixels: Quantiles;
  /** JPEG files only: quality settings of libjpeg, or `other`. */
  qualities: Counts;
  /** JPEG files only. */
  subsamplings: Counts;
  /** Shares 0..1: of JPEG files (null without any), and of all files. */
  progressive: number | null;
  exif: number;
  icc: number;
}

export interface NamedDistribution extends Distribution {
  label: 'real' | 'fake';
  /** Null for the whole class. */
  source: string | null;
}

/** The distributions of both classes and then of every source by name; classes without files are left out. */
export function distributionsOf(files: readonly FileFacts[]): NamedDistribution[] {
  const classes = (['real', 'fake'] as const).map((label) => ({
    label,
    source: null,
    members: files.filter((file) => file.label === label),
  }));
  const sources = classes.flatMap(({ label, members }) => {
    const names = [...new Set(members.map(({ source }) => source))].sort();
    return names.map((source) => ({
      label,
      source,
      members: members.filter((file) => file.source === source),
    }));
  });
  return [...classes, ...sources]
    .filter(({ members }) => members.length > 0)
    .map(({ label, source, members }) => ({ label, source, ...distributionOf(members) }));
}

function distributionOf(files: readonly FileFacts[]): Distribution {
  const jpegs = files.flatMap(({ jpeg }) => jpeg ?? []);
  const share = (count: number, all: number): number => (all === 0 ? 0 : count / all);
  return {
    files: files.length,
    containers: countsOf(files.map(({ container }) => container)),
    widthPx: quantilesOf(files.map(({ widthPx }) => widthPx)),
    heightPx: quantilesOf(files.map(({ heightPx }) => heightPx)),
    megapixels: quantilesOf(files.map(({ widthPx, heightPx }) => (widthPx * heightPx) / 1e6)),
    qualities: countsOf(files.flatMap((file) => qualityName(file) ?? [])),
    subsamplings: countsOf(jpegs.map(({ subsampling }) => subsampling)),
    progressive:
      jpegs.length === 0 ? null : share(jpegs.filter(({ progressive }) => progressive).length, jpegs.length),
    exif: share(files.filter(({ hasExif }) => hasExif).length, files.length),
    icc: share(files.filter(({ hasIcc }) => hasIcc).length, files.length),
  };
}

function countsOf(values: readonly string[]): Counts {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const sorted = [...counts].sort(([one, left], [other, right]) => right - left || (one < other ? -1 : 1));
  // Numbers as keys would be put first whatever their count, so qualities are named.
  return Object.fromEntries(
    sorted.map(([value, count]) => [/^\d+$/.test(value) ? `q${value}` : value, count]),
  );
}

/** Quantiles as observed values (the lower of two); `values` is not empty. */
function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { least: at(0), quarter: at(0.25), median: at(0.5), threeQuarters: at(0.75), most: at(1) };
}
