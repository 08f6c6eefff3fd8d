/** Which pictures a calibration was fitted on, as marks of their files, so that figures measured on them are noticed. */
import * as v from 'valibot';

/** Hexadecimal digits of SHA-256 that are kept: a million other pictures meet one of 256 marks once in a million times. */
const MARK_LENGTH = 12;
/** Marks kept at most. Where a fiftieth of the pictures are met again, that many miss all of them once in 170 times. */
const MOST_MARKS = 256;

const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e9));
const mark = v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${MARK_LENGTH}}$`)));

export const calibrationDataSchema = v.strictObject({
  /** Different files. */
  files: count,
  /** The lowest of their SHA-256, cut to 12 digits: a draw that is the same for the same files in any folder. */
  marks: v.pipe(v.array(mark), v.maxLength(MOST_MARKS)),
});
export type CalibrationData = v.InferOutput<typeof calibrationDataSchema>;

/** What a card keeps of the files with these SHA-256 (lower-case hexadecimal), in any order and with repeats. */
export function calibrationDataOf(hashes: readonly string[]): CalibrationData {
  const marks = [...new Set(hashes.map(markOf))].sort();
  return { files: marks.length, marks: marks.slice(0, MOST_MARKS) };
}

export interface Overlap {
  /** Of the files that the card keeps marks of, those among `hashes`. */
  shared: number;
  /** Files that the card keeps marks of: all, up to 256. */
  of: number;
}

/**
 * How many of the files that a calibration was fitted on are among those with these SHA-256 (lower-case hexadecimal) or
 * marks; null where its card does not say what it was fitted on. Any that are shared make figures on them look too good.
 */
export function overlapOf(
  { data }: { data?: CalibrationData | undefined },
  hashes: Iterable<string>,
): Overlap | null {
  if (data === undefined) return null;
  const met = new Set(Array.from(hashes, markOf));
  return { shared: data.marks.filter((one) => met.has(one)).length, of: data.marks.length };
}

/** The marks that any of `kept` keeps of files with these SHA-256 or marks, sorted: what `overlapOf` needs of them. */
export function marksMet(kept: readonly CalibrationData[], hashes: Iterable<string>): string[] {
  const known = new Set(kept.flatMap(({ marks }) => marks));
  return [...new Set(Array.from(hashes, markOf))].filter((mark) => known.has(mark)).sort();
}

const markOf = (sha256: string): string => sha256.slice(0, MARK_LENGTH);
