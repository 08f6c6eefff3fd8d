/** Finished scores as lines of JSON: what shards are joined from. */
import * as v from 'valibot';
import { calibrationDataSchema } from '../model/calibration-data.ts';
import { failure, type Result, success } from '../result.ts';
import { ABSTENTIONS, LEVELS } from '../verdict.ts';
import type { EvaluatedItem, EvaluatedModel, ScoredPicture } from './evaluation.ts';

/** Grows when a line, or what a score under the same name means, changes. */
export const RECORD_SCHEMA = 3;

const text = v.string();
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const outcome = v.variant('state', [
  v.object({ state: v.literal('scored'), pFake: share, level: v.nullable(v.picklist(LEVELS)) }),
  v.object({ state: v.literal('abstained'), reason: v.picklist(ABSTENTIONS) }),
  v.object({ state: v.literal('failed'), reason: text, detail: v.optional(text) }),
]);

export const RECORD = v.object({
  path: text,
  label: v.picklist(['real', 'fake']),
  source: text,
  generator: v.nullable(text),
  family: v.nullable(text),
  /** The model's fingerprint. */
  model: text,
  degradation: text,
  outcome,
});

/** One picture under one degradation and one model. */
export type ScoreRecord = ScoredPicture & { model: string; degradation: string };

const header = v.object({
  telltale: v.literal('evaluation'),
  schema: v.literal(RECORD_SCHEMA),
  models: v.array(
    v.object({
      name: text,
      identity: v.nullable(text),
      fingerprint: text,
      backend: text,
      threshold: share,
      falsePositiveTarget: share,
      calibratedOn: v.nullable(calibrationDataSchema),
    }),
  ),
  degradations: v.array(text),
  groupOut: v.boolean(),
  shard: v.pipe(
    v.object({ index: count, of: count }),
    v.check(({ index, of }) => index >= 1 && index <= of),
  ),
  /** Of all shards together: how many pictures, and `hashOf` their labelled paths. */
  listing: v.object({ pictures: count, hash: count }),
  /** Of this shard alone: which of its files the models were calibrated on. */
  calibrationMarks: v.array(text),
});

/** The first line of a shard's file. */
export interface ShardHeader {
  models: EvaluatedModel[];
  degradations: string[];
  groupOut: boolean;
  /** `index` counts from 1. */
  shard: { index: number; of: number };
  listing: { pictures: number; hash: number };
  calibrationMarks: readonly string[];
}

/** The record's line, without its end. */
export const recordLine = ({
  path,
  label,
  source,
  generator,
  family,
  model,
  degradation,
  outcome,
}: ScoreRecord): string =>
  JSON.stringify({ path, label, source, generator, family, model, degradation, outcome });

/** The header's line, without its end. */
export const headerLine = (shard: ShardHeader): string =>
  JSON.stringify({ telltale: 'evaluation', schema: RECORD_SCHEMA, ...shard });

/** The record of a line; null when it is none, such as a line that was cut while it was written. */
export function parseRecord(line: string): ScoreRecord | null {
  const parsed = v.safeParse(RECORD, jsonOf(line));
  return parsed.success ? parsed.output : null;
}

/** The header of a line; null when it is none. */
export function parseHeader(line: string): ShardHeader | null {
  const parsed = v.safeParse(header, jsonOf(line));
  return parsed.success ? parsed.output : null;
}

/** Undefined for what is no JSON, which no schema here accepts. */
export function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export interface Records {
  records: ScoreRecord[];
  /** A last line without its end that is no record: the write was interrupted. */
  torn: boolean;
}

/** The records of a part's `contents`, or the number of a line (from 1) that is none; a torn last line is let go. */
export function parseRecords(contents: string): Result<Records, { line: number }> {
  const parsed = linesWith(contents, parseRecord);
  return parsed.ok ? success({ records: parsed.value.found, torn: parsed.value.torn }) : parsed;
}

/** What `parse` makes of every line, or the number of one (from 1) that it refuses, unless that is a last one without end. */
export function linesWith<Found>(
  contents: string,
  parse: (line: string) => Found | null,
): Result<{ found: Found[]; torn: boolean }, { line: number }> {
  const lines = contents.split('\n');
  const last = lines.pop() ?? '';
  const found: Found[] = [];
  for (const [index, line] of lines.entries()) {
    const parsed = parse(line);
    if (parsed === null) return failure({ line: index + 1 });
    found.push(parsed);
  }
  const rest = last === '' ? null : parse(last);
  if (rest !== null) found.push(rest);
  return success({ found, torn: last !== '' && rest === null });
}

/** Item of a record, without what was made of it. */
export const itemOf = ({ path, label, source, generator, family }: ScoreRecord): EvaluatedItem => ({
  path,
  label,
  source,
  generator,
  family,
});
