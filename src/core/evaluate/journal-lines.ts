/** A journal of scores as lines of JSON: a head that names the data, then a score a line with what its file was. */
import * as v from 'valibot';
import { failure, type Result, success } from '../result.ts';
import { jsonOf, linesWith, RECORD, type ScoreRecord } from './record.ts';

/** Grows when a line, or what a score under the same name means, changes. */
const JOURNAL_SCHEMA = 2;

/** What tells that a file is not the one that was scored. */
export interface FileStamp {
  sizeBytes: number;
  /** Milliseconds since 1970, with fractions. */
  modifiedMs: number;
}

/** `file` is null when the file could not be looked at. */
export type JournalRecord = ScoreRecord & { file: FileStamp | null };

const head = v.object({
  telltale: v.literal('scores'),
  schema: v.literal(JOURNAL_SCHEMA),
  folder: v.string(),
});
const line = v.object({
  ...RECORD.entries,
  file: v.nullable(v.object({ sizeBytes: v.number(), modifiedMs: v.number() })),
});

/** The first line, without its end, of a journal on the data in `folder` (resolved). */
export const journalHead = (folder: string): string =>
  JSON.stringify({ telltale: 'scores', schema: JOURNAL_SCHEMA, folder });

/** A journal's line, without its end. */
export const journalLine = ({ outcome, file, ...record }: JournalRecord): string =>
  JSON.stringify({ ...record, outcome, file });

export interface JournalContents {
  folder: string;
  records: JournalRecord[];
  /** A last line without its end that is no score: the write was interrupted. */
  torn: boolean;
}

/** What a journal holds, or in a few words why `contents` are none; a torn last line is let go, never the head. */
export function parseJournal(contents: string): Result<JournalContents, string> {
  const end = contents.indexOf('\n');
  const first = v.safeParse(head, jsonOf(contents.slice(0, Math.max(0, end))));
  if (!first.success) return failure('it is no journal of scores of this version');
  const parsed = linesWith(contents.slice(end + 1), parseLine);
  if (!parsed.ok) return failure(`line ${parsed.failure.line + 1} is no finished score`);
  return success({ folder: first.output.folder, records: parsed.value.found, torn: parsed.value.torn });
}

function parseLine(text: string): JournalRecord | null {
  const parsed = v.safeParse(line, jsonOf(text));
  return parsed.success ? parsed.output : null;
}
