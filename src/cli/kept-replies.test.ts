import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptReplies } from './kept-replies.ts';

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
    first.add('a.png', { score: 1 });
    first.add('b.png', { score: 2 });
    appendFileSync(file, '["c.png",{"sco');
    const second = open();
    expect(second.get('a.png')).toEqual({ score: 1 });
    expect(second.get('c.png')).toBeUndefined();
    second.add('c.png', { score: 3 });
    expect(open().get('c.png')).toEqual({ score: 3 });
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(5);
  });

  it('refuses what another run has kept, damage, and places that cannot be written', () => {
    open().add('a.png', { score: 1 });
    expect(KeptReplies.open(file, { run: 2 })).toEqual({
      ok: false,
      failure: `${file}: it was kept by another run`,
    });
    writeFileSync(file, '{"run":1}\nnonsense\n');
    expect(KeptReplies.open(file, { run: 1 })).toEqual({ ok: false, failure: `${file}: it is damaged` });
    const nowhere = path.join(folder, 'none', 'run.jsonl');
    expect(KeptReplies.open(nowhere, {})).toEqual({ ok: false, failure: `${nowhere}: it cannot be written` });
  });

  it('keeps nothing without a file', () => {
    const kept = KeptReplies.open<number>(null, {});
    if (!kept.ok) throw new Error(kept.failure);
    kept.value.add('a', 1);
    expect(kept.value.get('a')).toBe(1);
  });
});
