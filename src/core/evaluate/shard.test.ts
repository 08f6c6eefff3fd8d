import { describe, expect, it } from 'vitest';
import { byPath } from '../dataset/listing.ts';
import type { EvaluatedItem } from './evaluation.ts';
import { headerLine, parseRecords, recordLine, type ScoreRecord, type ShardHeader } from './record.ts';
import { reportsOf } from './report.ts';
import { isInShard, joinPartials, listingOf, type Partial, parsePartial } from './shard.ts';

const MARK = '000000000001';
const MODELS = ['one', 'two'].map((name) => ({
  name,
  fingerprint: `${name}-1`,
  backend: 'wasm',
  threshold: 0.5,
  falsePositiveTarget: 0.05,
  identity: name === 'one' ? '0123456789abcdef' : null,
  calibratedOn: name === 'one' ? { files: 3, marks: [MARK, '000000000003'] } : null,
}));
const ITEMS: EvaluatedItem[] = Array.from({ length: 60 }, (_, index) => {
  const label = index % 2 === 0 ? 'fake' : 'real';
  const source = `s${index % 7}`;
  return {
    path: `${label}/${index}.png`,
    label,
    source,
    generator: label === 'fake' ? source : null,
    family: null,
  } as const;
}).toSorted(byPath);

const [FIRST = { path: '', label: 'real', source: '', generator: null, family: null } as const] = ITEMS;

const recordOf = (item: EvaluatedItem, model: string, degradation: string): ScoreRecord => ({
  ...item,
  model,
  degradation,
  outcome:
    item.path === 'real/1.png'
      ? { state: 'failed', reason: 'corrupt' }
      : { state: 'scored', pFake: ((item.path.length * 7 + model.length * 3) % 10) / 9, level: null },
});

function contentsOf(index: number, of: number): string {
  const header: ShardHeader = {
    models: MODELS,
    degradations: ['jpeg:75'],
    groupOut: true,
    shard: { index, of },
    listing: listingOf(ITEMS),
    // A copy of one file may lie in two shards.
    calibrationMarks: index > 1 || of === 1 ? [MARK] : [],
  };
  const records = ITEMS.filter((item) => isInShard(item, { index, of })).flatMap((item) =>
    MODELS.flatMap((model) => ['none', 'jpeg:75'].map((chain) => recordOf(item, model.fingerprint, chain))),
  );
  return `${[headerLine(header), ...records.map(recordLine)].join('\n')}\n`;
}

function part(index: number, of: number, change = (contents: string) => contents): Partial {
  const parsed = parsePartial(`${index}.jsonl`, change(contentsOf(index, of)));
  if (!parsed.ok) throw new Error(parsed.failure);
  return parsed.value;
}

describe('shards', () => {
  it('share every picture out once', () => {
    for (const item of ITEMS) {
      expect([1, 2, 3].filter((index) => isInShard(item, { index, of: 3 }))).toHaveLength(1);
    }
    expect([1, 2, 3].every((index) => ITEMS.some((item) => isInShard(item, { index, of: 3 })))).toBe(true);
  });

  it('join to exactly the single run, whatever their order', () => {
    const whole = joinPartials([part(1, 1)]);
    const joined = joinPartials([part(3, 3), part(1, 3), part(2, 3)]);
    if (!whole.ok || !joined.ok) throw new Error('not joined');
    expect(JSON.stringify(reportsOf(joined.value))).toBe(JSON.stringify(reportsOf(whole.value)));
    expect(reportsOf(joined.value)[0]).toMatchObject({ calibrationOverlap: { shared: 1, of: 2 } });
    expect(reportsOf(joined.value)[0]?.failed).toEqual([
      { input: 'real/1.png', label: 'real', reason: 'corrupt' },
    ]);
  });

  it.each([
    ['one is missing', () => [part(1, 3), part(3, 3)], /^shard 2\/3 is missing$/],
    ['one is given twice', () => [part(1, 2), part(1, 2), part(2, 2)], /are both shard 1\/2$/],
    ['counts differ', () => [part(1, 2), part(2, 3)], /different evaluations$/],
    [
      'data differ',
      () => [part(1, 2), part(2, 2, (contents) => contents.replace('"hash":', '"hash":1'))],
      /different evaluations$/,
    ],
    [
      'a record is missing',
      () => [part(1, 2), part(2, 2, (contents) => contents.replace(/\n[^\n]+\n$/, '\n'))],
      /^239 of 240 scores of 60 pictures are there$/,
    ],
    ['there are none', () => [], /no partial results/],
  ])('are refused when %s', (_, partials, message) => {
    const joined = joinPartials(partials());
    expect(joined).toMatchObject({ ok: false, failure: expect.stringMatching(message) });
  });

  it('are refused when a file is none, is cut, or holds something else', () => {
    const contents = contentsOf(1, 2);
    expect(parsePartial('a', 'hello\n')).toMatchObject({
      ok: false,
      failure: expect.stringContaining('no partial'),
    });
    expect(parsePartial('a', contents.slice(0, -5))).toMatchObject({
      ok: false,
      failure: 'a: it ends in the middle of a line',
    });
    expect(parsePartial('a', contents.replace('\n{', '\n{"pFake":2}\n{'))).toMatchObject({
      ok: false,
      failure: 'a: line 2 is no record',
    });
  });
});

describe('parseRecords', () => {
  const line = recordLine(recordOf(FIRST, 'one-1', 'none'));

  it('lets go of a torn last line only', () => {
    const parsed = parseRecords(`${line}\n${line.slice(0, 30)}`);
    expect(parsed.ok && [parsed.value.records.length, parsed.value.torn]).toEqual([1, true]);
    expect(parseRecords(`${line.slice(0, 30)}\n${line}\n`)).toEqual({ ok: false, failure: { line: 1 } });
    const ended = parseRecords(`${line}\n${line}`);
    expect(ended.ok && [ended.value.records.length, ended.value.torn]).toEqual([2, false]);
  });

  it('gives scores back bit for bit', () => {
    const pFake = 0.1 + 0.2;
    const record: ScoreRecord = {
      ...recordOf(FIRST, 'one-1', 'none'),
      outcome: { state: 'scored', pFake, level: 'some' },
    };
    const parsed = parseRecords(`${recordLine(record)}\n`);
    expect(parsed.ok && parsed.value.records).toEqual([record]);
  });
});
