/** Finished scores on disk while a long evaluation runs: a line each, so that stopping loses at most one. */
import { appendFileSync } from 'node:fs';
import {
  type EvaluatedItem,
  type EvaluatedModel,
  type ScoreOutcome,
  scoreKey,
} from '../core/evaluate/evaluation.ts';
import { parseRecords, recordLine, type ScoreRecord } from '../core/evaluate/record.ts';
import { failure, type Result, success } from '../core/result.ts';
import { FILE_FAILURES, fileFailure, readWhole, writeWhole } from './files.ts';

/** Some 200 bytes a score. */
const MOST_JOURNAL_BYTES = 2 ** 30;

/** Scores that are known, with or without a file that keeps them. */
export class Journal {
  readonly #file: string | null;
  readonly #outcomes: Map<string, ScoreOutcome>;

  private constructor(file: string | null, outcomes: Map<string, ScoreOutcome>) {
    this.#file = file;
    this.#outcomes = outcomes;
  }

  /** An empty one that is not kept. */
  static inMemory(): Journal {
    return new Journal(null, new Map());
  }

  /** The journal in `file`, which may not exist yet; the failure is one line. */
  static open(file: string): Result<Journal, string> {
    const bytes = readWhole(file, MOST_JOURNAL_BYTES);
    if (!bytes.ok && bytes.failure !== 'not-found') {
      return failure(`${file}: ${FILE_FAILURES[bytes.failure]}`);
    }
    const contents = bytes.ok ? new TextDecoder().decode(bytes.value) : '';
    const parsed = parseRecords(contents);
    if (!parsed.ok) return failure(`${file}: line ${parsed.failure.line} is no finished score`);
    // What failed is tried again: the file may be there now.
    const records = parsed.value.records.filter(({ outcome }) => outcome.state !== 'failed');
    try {
      // Also tells now, not after hours, when the file cannot be written; and a torn line must not be continued.
      writeWhole(file, records.map((record) => `${recordLine(record)}\n`).join(''));
    } catch (error) {
      fileFailure(error);
      return failure(`${file}: it cannot be written`);
    }
    const outcomes = records.map(
      (record) => [scoreKey(record.model, record.degradation, record.path), record.outcome] as const,
    );
    return success(new Journal(file, new Map(outcomes)));
  }

  get outcomes(): ReadonlyMap<string, ScoreOutcome> {
    return this.#outcomes;
  }

  has(fingerprint: string, degradation: string, path: string): boolean {
    return this.#outcomes.has(scoreKey(fingerprint, degradation, path));
  }

  /** Keeps finished scores; throws what the operating system says when the file can no longer be written. */
  add(records: readonly ScoreRecord[]): void {
    if (this.#file !== null) {
      appendFileSync(this.#file, records.map((record) => `${recordLine(record)}\n`).join(''));
    }
    for (const { model, degradation, path, outcome } of records) {
      this.#outcomes.set(scoreKey(model, degradation, path), outcome);
    }
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
