import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScoreRecord } from '../core/evaluate/record.ts';
import { Journal } from './journal.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'telltale-journal-'));
  file = path.join(folder, 'run.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const STAMP = { sizeBytes: 12, modifiedMs: 1_700_000_000_000.25 };
const record = (name: string, outcome?: ScoreRecord['outcome']): ScoreRecord => ({
  path: name,
  label: 'real',
  source: 's',
  generator: null,
  family: null,
  model: 'm',
  degradation: 'none',
  outcome: outcome ?? { state: 'scored', pFake: 0.1 + 0.2, level: null },
});

function opened(data = '/data'): Journal {
  const journal = Journal.open(file, data);
  if (!journal.ok) throw new Error(journal.failure);
  return journal.value;
}

describe('Journal', () => {
  it('keeps scores, tries failures again, and lets go of a torn line', () => {
    const journal = opened();
    journal.add([record('a.png')], STAMP);
    journal.add([record('b.png', { state: 'failed', reason: 'corrupt' })], STAMP);
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, `${whole}{"path":"c.p`);
    const resumed = opened();
    expect(readFileSync(file, 'utf8')).toBe(whole);
    expect([...resumed.outcomes.values()]).toEqual([record('a.png').outcome]);
    resumed.add([record('b.png')], STAMP);
    expect(opened().outcomes.size).toBe(2);
  });

  it('ends a last line that was whole but for its end', () => {
    opened().add([record('a.png')], STAMP);
    writeFileSync(file, readFileSync(file, 'utf8').trimEnd());
    opened().add([record('b.png')], STAMP);
    expect(opened().outcomes.size).toBe(2);
  });

  it.each(['one line that somebody needs', 'two\nlines', '{"some":"json"}\n', '\n', '{"path":"a.png"}'])(
    'leaves a file that is no journal as it is: %j',
    (contents) => {
      writeFileSync(file, contents);
      expect(Journal.open(file, '/data')).toEqual({
        ok: false,
        failure: `${file}: it is no journal of scores of this version`,
      });
      expect(readFileSync(file, 'utf8')).toBe(contents);
    },
  );

  it('leaves a journal with a strange line as it is', () => {
    opened().add([record('a.png')], STAMP);
    const contents = `${readFileSync(file, 'utf8')}hello\n{"torn`;
    writeFileSync(file, contents);
    expect(Journal.open(file, '/data')).toEqual({
      ok: false,
      failure: `${file}: line 3 is no finished score`,
    });
    expect(readFileSync(file, 'utf8')).toBe(contents);
  });

  it('refuses scores of another folder', () => {
    opened('/data');
    const other = Journal.open(file, '/other');
    expect(other).toMatchObject({
      ok: false,
      failure: expect.stringContaining('are of /data, not of /other'),
    });
  });

  it('tells when a picture is not the one that was scored', () => {
    opened().add([record('a.png')], STAMP);
    const journal = opened();
    expect(journal.isOfOther('a.png', STAMP)).toBe(false);
    expect(journal.isOfOther('a.png', { ...STAMP, sizeBytes: 13 })).toBe(true);
    expect(journal.isOfOther('a.png', { ...STAMP, modifiedMs: STAMP.modifiedMs + 1 })).toBe(true);
    expect(journal.isOfOther('a.png', null)).toBe(true);
    expect(journal.isOfOther('never-scored.png', STAMP)).toBe(false);
  });
});
