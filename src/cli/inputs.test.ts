import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findInputs, pictureFilesBelow } from './inputs.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'telltale-inputs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '');
  return file;
}

describe('pictureFilesBelow', () => {
  it('finds pictures by their extension, not hidden ones', () => {
    for (const name of ['b/x/1.JPG', 'a.webp', 'notes.txt', 'b/jpg', '.hidden/2.png', 'b/.3.png']) put(name);
    expect(pictureFilesBelow(folder)).toEqual({ ok: true, value: ['a.webp', 'b/x/1.JPG'] });
  });

  it.skipIf(process.platform === 'win32')('takes links to pictures, not to folders', () => {
    put('set/1.png');
    symlinkSync(path.join(folder, 'set', '1.png'), path.join(folder, 'linked.png'));
    symlinkSync(path.join(folder, 'nowhere.png'), path.join(folder, 'broken.png'));
    symlinkSync(folder, path.join(folder, 'set', 'round'));
    symlinkSync(folder, path.join(folder, 'set', 'folder.png'));
    expect(pictureFilesBelow(folder)).toEqual({ ok: true, value: ['broken.png', 'linked.png', 'set/1.png'] });
  });

  it('names a folder that cannot be read', () => {
    const nowhere = path.join(folder, 'nowhere');
    expect(pictureFilesBelow(nowhere)).toEqual({ ok: false, failure: nowhere });
  });
});

describe('findInputs', () => {
  it.skipIf(process.platform === 'win32')('takes links by folder and by pattern', async () => {
    const file = put('set/1.png');
    mkdirSync(path.join(folder, 'links'));
    symlinkSync(file, path.join(folder, 'links', '2.png'));
    const expected = [{ name: path.join(folder, 'links', '2.png'), failure: null }];
    expect(await findInputs([path.join(folder, 'links')])).toEqual(expected);
    expect(await findInputs([path.join(folder, 'links', '*.png')])).toEqual(expected);
  });
});
