/** An evaluation in parts: which pictures a part holds, and how parts become the whole again. */
import { byPath } from '../dataset/listing.ts';
import { hashOf } from '../random.ts';
import { failure, type Result, success } from '../result.ts';
import {
  type EvaluatedItem,
  type Evaluation,
  measuredChains,
  type ScoreOutcome,
  scoreKey,
} from './evaluation.ts';
import { itemOf, parseHeader, parseRecords, type ScoreRecord, type ShardHeader } from './record.ts';

export interface Shard {
  /** From 1. */
  index: number;
  of: number;
}

/** Whether a picture belongs to the shard: a stable hash of its path decides, so that every machine agrees. */
export const isInShard = ({ path }: Pick<EvaluatedItem, 'path'>, { index, of }: Shard): boolean =>
  hashOf(path) % of === index - 1;

/** Names a listing (in the order of paths), so that parts of different data are not joined. */
export const listingOf = (items: readonly EvaluatedItem[]): ShardHeader['listing'] => ({
  pictures: items.length,
  hash: hashOf(
    JSON.stringify(
      items.map(({ path, label, source, generator, family }) => [path, label, source, generator, family]),
    ),
  ),
});

export interface Partial {
  /** For messages. */
  name: string;
  header: ShardHeader;
  records: ScoreRecord[];
}

/** The part in a file's `contents`; the failure is one line that says what is wrong with it. */
export function parsePartial(name: string, contents: string): Result<Partial, string> {
  const end = contents.indexOf('\n');
  const header = parseHeader(end < 0 ? contents : contents.slice(0, end));
  if (header === null) return failure(`${name}: it is no partial result of this version`);
  const parsed = parseRecords(end < 0 ? '' : contents.slice(end + 1));
  if (!parsed.ok) return failure(`${name}: line ${parsed.failure.line + 1} is no record`);
  if (parsed.value.torn) return failure(`${name}: it ends in the middle of a line`);
  return success({ name, header, records: parsed.value.records });
}

/**
 * The whole evaluation that `partials` are the parts of, exactly as a single run would have made it. Fails, in one line,
 * when parts belong to different evaluations, or one is missing, given twice or incomplete.
 */
export function joinPartials(partials: readonly Partial[]): Result<Evaluation, string> {
  const [first] = partials;
  if (first === undefined) return failure('there are no partial results');
  const stranger = partials.find(({ header }) => kindOf(header) !== kindOf(first.header));
  if (stranger !== undefined) {
    return failure(`${stranger.name} and ${first.name} are parts of different evaluations`);
  }
  const gap = missingShard(partials);
  if (gap !== null) return failure(gap);
  const { models, degradations, groupOut, listing } = first.header;
  const { items, outcomes } = collected(partials);
  const combinations = items.length * models.length * measuredChains(degradations).length;
  if (outcomes.size !== combinations || listingOf(items).hash !== listing.hash) {
    return failure(`${outcomes.size} of ${combinations} scores of ${listing.pictures} pictures are there`);
  }
  const marks = partials.flatMap(({ header }) => header.calibrationMarks);
  const calibrationMarks = [...new Set(marks)].sort();
  return success({ models, degradations, groupOut, items, outcomes, calibrationMarks });
}

/** Equal for parts of one evaluation. */
const kindOf = ({ shard, calibrationMarks: _, ...evaluation }: ShardHeader): string =>
  JSON.stringify([evaluation, shard.of]);

function missingShard(partials: readonly Partial[]): string | null {
  const of = partials[0]?.header.shard.of ?? 0;
  const names = new Map<number, string>();
  for (const { name, header } of partials) {
    const other = names.get(header.shard.index);
    if (other !== undefined) return `${other} and ${name} are both shard ${header.shard.index}/${of}`;
    names.set(header.shard.index, name);
  }
  for (let index = 1; index <= of; index++) {
    if (!names.has(index)) return `shard ${index}/${of} is missing`;
  }
  return null;
}

function collected(partials: readonly Partial[]): Pick<Evaluation, 'items' | 'outcomes'> {
  const items = new Map<string, EvaluatedItem>();
  const outcomes = new Map<string, ScoreOutcome>();
  for (const record of partials.flatMap(({ records }) => records)) {
    items.set(record.path, itemOf(record));
    outcomes.set(scoreKey(record.model, record.degradation, record.path), record.outcome);
  }
  return { items: [...items.values()].toSorted(byPath), outcomes };
}
