import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readWhole, sha256Of, sha256OfFile, withFile, writeWhole } from './files.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'telltale-files-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const file = path.join(scratch, 'ten');
writeFileSync(
  file,
  Uint8Array.from({ length: 10 }, (_, index) => index),
);

describe('reading', () => {
  it('gives a file of the allowed size whole', () => {
    const read = readWhole(file, 10);
    expect(read.ok && [...read.value]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(readWhole(file, 9)).toEqual({ ok: false, failure: 'too-many-bytes' });
  });

  it('names what is missing and what is no file', () => {
    expect(readWhole(path.join(scratch, 'none'), 10)).toEqual({ ok: false, failure: 'not-found' });
    expect(readWhole(path.join(file, 'below'), 10)).toEqual({ ok: false, failure: 'not-found' });
    expect(readWhole(scratch, 10)).toEqual({ ok: false, failure: 'unreadable' });
    if (process.platform !== 'win32')
      expect(readWhole('/dev/zero', 10)).toEqual({ ok: false, failure: 'unreadable' });
  });

  it('names a file that became shorter, and lets bugs through', () => {
    const beyond = withFile(file, (source) => ({ ok: true, value: source.read(5, 6) }));
    expect(beyond).toEqual({ ok: false, failure: 'unreadable' });
    const bug = () =>
      withFile(file, () => {
        throw new TypeError('a bug');
      });
    expect(bug).toThrow('a bug');
  });
});

describe('writing and hashing', () => {
  it('leaves nothing but the file', async () => {
    const folder = mkdtempSync(path.join(scratch, 'out-'));
    writeWhole(path.join(folder, 'card.json'), 'abc');
    expect(readdirSync(folder)).toEqual(['card.json']);
    const known = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(await sha256OfFile(path.join(folder, 'card.json'))).toBe(known);
    expect(await sha256Of(new TextEncoder().encode('abc'))).toBe(known);
  });
});
