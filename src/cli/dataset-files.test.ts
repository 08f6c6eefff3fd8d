import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileOf, findDataset } from './dataset-files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'telltale-data-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, text = ''): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), text);
}

const pathsIn = async (split: string | null) => {
  const found = await findDataset(folder, split);
  return found.ok ? found.value.items.map((item) => item.path) : found.failure;
};

describe('findDataset', () => {
  it('walks the folders, sorted, and names strays', async () => {
    for (const name of [
      'real/b/x/1.JPG',
      'fake/a/2.webp',
      'real/b/0.png',
      'real/b/notes.txt',
      'other/3.png',
    ]) {
      put(name);
    }
    const found = await findDataset(folder, null);
    expect(found.ok && found.value.items.map((item) => item.path)).toEqual([
      'fake/a/2.webp',
      'real/b/0.png',
      'real/b/x/1.JPG',
    ]);
    expect(found.ok && found.value.strays).toEqual(['other/3.png']);
    expect(fileOf({ folder }, { path: 'real/b/0.png' })).toBe(path.join(folder, 'real', 'b', '0.png'));
  });

  it('reads index.csv with quoted cells, a byte-order mark and another split', async () => {
    const rows = [
      './z//1.png,real,"Camera, ""old""",,val',
      'a/2.png,fake,s,Generator 2,val',
      'a/3.png,fake,s,g,train',
    ];
    put('index.csv', `\ufefffile,label,source,generator,split\r\n${rows.join('\r\n')}\r\n`);
    const found = await findDataset(folder, 'val');
    expect(found.ok && found.value.items).toMatchObject([
      { path: 'a/2.png', label: 'fake', generator: 'Generator 2' },
      { path: 'z/1.png', label: 'real', source: 'Camera, "old"' },
    ]);
    expect(await pathsIn('test')).toBe(`${folder}: there is no split "test"; there are train, val`);
  });

  it.each([
    ['path,label,source\na.png,real\n', /Invalid Record Length/],
    ['path,label,source\na.png,true,x\n', /row 1: the label is "true"/],
    ['path,label,source\na.png,real,x\na.png,real,x\n', /a\.png is listed twice/],
    ['path,label,source\na.png,real,x\nb/.././/a.png,real,x\n', /a\.png is listed twice/],
    ['path,label,source\n../a.png,real,x\n', /row 1: \.\.\/a\.png leads out of the folder/],
    ['path,label,source\na/../../b.png,real,x\n', /leads out of the folder/],
    ['path,label,source\n/etc/a.png,real,x\n', /leads out of the folder/],
    ['path,label,source\nC:\\a.png,real,x\n', /leads out of the folder/],
    ['path,label,source\na\\..\\..\\b.png,real,x\n', /leads out of the folder/],
    ['path,label,source\n./,real,x\n', /there is no path/],
    ['path,label,source\n', /there are no rows/],
  ])('says what is wrong with the table %j', async (table, message) => {
    put('index.csv', table);
    expect(await pathsIn(null)).toMatch(message);
  });

  it('says what is wrong with the folder', async () => {
    expect(await pathsIn(null)).toBe(`${folder}: there are no pictures in real/ and fake/, and no index.csv`);
    const nowhere = await findDataset(path.join(folder, 'nowhere'), null);
    expect(nowhere).toMatchObject({ ok: false, failure: expect.stringContaining('no such file or folder') });
  });
});
