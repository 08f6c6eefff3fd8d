import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptReplies, stampText } from './kept-replies.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'telltale-kept-'));
  file = path.join(folder, 'run.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (head: object = { run: 1 }) => {
  const kept = KeptReplies.open<{ score: number }>(file, head);
  if (!kept.ok) throw new Error(kept.failure);
  return kept.value;
};

describe('KeptReplies', () => {
  it('finds again what was added, but for a line that was cut off', () => {
    const first = open();
    first.add('a.png', 'old', { score: 1 });
    first.add('b.png', 'old', { score: 2 });
    appendFileSync(file, '["c.png",{"sco');
    const second = open();
    expect(second.get('a.png', 'old')).toEqual({ score: 1 });
    expect(second.get('c.png', 'old')).toBeUndefined();
    second.add('c.png', 'old', { score: 3 });
    expect(open().get('c.png', 'old')).toEqual({ score: 3 });
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(5);
  });

  it('forgets what was said of another picture under the same name', () => {
    const picture = path.join(folder, 'a.png');
    writeFileSync(picture, 'one');
    const before = stampText(picture);
    open().add('a.png', before, { score: 1 });
    writeFileSync(picture, 'another');
    expect(stampText(picture)).not.toBe(before);
    expect(open().get('a.png', stampText(picture))).toBeUndefined();
    open().add('a.png', stampText(picture), { score: 2 });
    expect(open().get('a.png', stampText(picture))).toEqual({ score: 2 });
    expect(stampText(path.join(folder, 'none.png'))).toBe('');
  });

  it.each([
    '',
    'a single line',
    '{"run":1}',
    'notes\nof mine\n',
    '{"run":1}\n["a","b",1]\nnonsense\n',
    '\n\n',
  ])('leaves a file as it is that it does not understand: %j', (contents) => {
    writeFileSync(file, contents);
    const opened = KeptReplies.open(file, { run: 1 });
    expect(opened.ok).toBe(contents === '');
    expect(readFileSync(file, 'utf8')).toBe(contents === '' ? '{"run":1}\n' : contents);
  });

  it('refuses what another run has kept, damage, and places that cannot be written', () => {
    open({ telltale: 1 }).add('a.png', 'old', { score: 1 });
    expect(KeptReplies.open(file, { telltale: 2 })).toEqual({
      ok: false,
      failure: expect.stringContaining('it was kept by another run'),
    });
    writeFileSync(file, '{"run":1}\nnonsense\n');
    expect(KeptReplies.open(file, { run: 1 })).toEqual({ ok: false, failure: `${file}: it is damaged` });
    const nowhere = path.join(folder, 'none', 'run.jsonl');
    expect(KeptReplies.open(nowhere, {})).toEqual({ ok: false, failure: `${nowhere}: it cannot be written` });
  });

  it('keeps nothing without a file', () => {
    const kept = KeptReplies.open<number>(null, {});
    if (!kept.ok) throw new Error(kept.failure);
    kept.value.add('a', 'old', 1);
    expect(kept.value.get('a', 'old')).toBe(1);
  });
});
