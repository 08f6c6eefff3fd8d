/** Finished scores on disk while a long evaluation runs: a line each, so that stopping loses at most one. */
import { appendFileSync, truncateSync } from 'node:fs';
import {
  type EvaluatedItem,
  type EvaluatedModel,
  type ScoreOutcome,
  scoreKey,
} from '../core/evaluate/evaluation.ts';
import {
  type FileStamp,
  type JournalRecord,
  journalHead,
  journalLine,
  parseJournal,
} from '../core/evaluate/journal-lines.ts';
import type { ScoreRecord } from '../core/evaluate/record.ts';
import { failure, type Result, success } from '../core/result.ts';
import { FILE_FAILURES, fileFailure, readWhole } from './files.ts';

/** Some 200 bytes a score. */
const MOST_JOURNAL_BYTES = 2 ** 30;

/** Scores that are known, with or without a file that keeps them. */
export class Journal {
  readonly #file: string | null;
  readonly #outcomes = new Map<string, ScoreOutcome>();
  /** By path: what was scored. */
  readonly #stamps = new Map<string, FileStamp>();

  private constructor(file: string | null, records: readonly JournalRecord[]) {
    this.#file = file;
    for (const record of records) this.#take(record);
  }

  /** An empty one that is not kept. */
  static inMemory(): Journal {
    return new Journal(null, []);
  }

  /**
   * The journal in `file` on the data in `folder` (resolved). A file that is not there or empty begins one; any other that
   * is no journal, or one on other data, is refused and left as it is. The failure is one line.
   */
  static open(file: string, folder: string): Result<Journal, string> {
    const bytes = readWhole(file, MOST_JOURNAL_BYTES);
    if (!bytes.ok && bytes.failure !== 'not-found') {
      return failure(`${file}: ${FILE_FAILURES[bytes.failure]}`);
    }
    const isNew = !bytes.ok || bytes.value.length === 0;
    const parsed = isNew
      ? success({ folder, records: [], torn: false })
      : parseJournal(new TextDecoder().decode(bytes.value));
    if (!parsed.ok) return failure(`${file}: ${parsed.failure}`);
    if (parsed.value.folder !== folder) {
      return failure(`${file}: its scores are of ${parsed.value.folder}, not of ${folder}; begin a new file`);
    }
    try {
      // Also tells now, not after hours, when the file cannot be written.
      if (isNew) appendFileSync(file, `${journalHead(folder)}\n`);
      else endLastLine(file, bytes.value, parsed.value.torn);
    } catch (error) {
      fileFailure(error);
      return failure(`${file}: it cannot be written`);
    }
    // What failed is tried again: the file may be there now.
    const kept = parsed.value.records.filter(
      ({ outcome, file: stamp }) => outcome.state !== 'failed' && stamp !== null,
    );
    return success(new Journal(file, kept));
  }

  get outcomes(): ReadonlyMap<string, ScoreOutcome> {
    return this.#outcomes;
  }

  has(fingerprint: string, degradation: string, path: string): boolean {
    return this.#outcomes.has(scoreKey(fingerprint, degradation, path));
  }

  /** Whether scores of the picture at `path` are of another file than the one that `stamp` (null: none) describes. */
  isOfOther(path: string, stamp: FileStamp | null): boolean {
    const scored = this.#stamps.get(path);
    if (scored === undefined) return false;
    return scored.sizeBytes !== stamp?.sizeBytes || scored.modifiedMs !== stamp.modifiedMs;
  }

  /** Keeps finished scores of the file that `stamp` describes; throws what the operating system says when the file can no longer be written. */
  add(records: readonly ScoreRecord[], stamp: FileStamp | null): void {
    const lines = records.map((record) => ({ ...record, file: stamp }));
    if (this.#file !== null) {
      appendFileSync(this.#file, lines.map((line) => `${journalLine(line)}\n`).join(''));
    }
    for (const line of lines) this.#take(line);
  }

  #take({ model, degradation, path, outcome, file }: JournalRecord): void {
    this.#outcomes.set(scoreKey(model, degradation, path), outcome);
    if (file !== null && outcome.state !== 'failed') this.#stamps.set(path, file);
  }

  /** The records of `items` under all of `models` and `chains`, in that order; throws when one is missing. */
  recordsOf(
    items: readonly EvaluatedItem[],
    models: readonly EvaluatedModel[],
    chains: readonly string[],
  ): ScoreRecord[] {
    return items.flatMap((item) =>
      models.flatMap(({ fingerprint }) =>
        chains.map((degradation) => {
          const outcome = this.#outcomes.get(scoreKey(fingerprint, degradation, item.path));
          if (outcome === undefined) throw new Error(`no outcome for ${item.path}`);
          return { ...item, model: fingerprint, degradation, outcome };
        }),
      ),
    );
  }
}

/** A torn line goes, and a whole one without its end gets it, so that the next score begins a line. */
function endLastLine(file: string, bytes: Uint8Array, torn: boolean): void {
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (torn) truncateSync(file, end);
  else appendFileSync(file, end === bytes.length ? '' : '\n');
}
