import { describe, expect, it } from 'vitest';
import { itemsOfSplit, listingFromPaths, listingFromRows, UNNAMED } from './listing.ts';

describe('listingFromPaths', () => {
  it('reads label and source from folders of any depth', () => {
    const { items, strays } = listingFromPaths(['real/nikon/2004/a.jpg', 'fake/kolors/b.png', 'real/c.jpg']);
    expect(strays).toEqual([]);
    expect(
      items.map(({ path, label, source, generator, split }) => [path, label, source, generator, split]),
    ).toEqual([
      ['real/nikon/2004/a.jpg', 'real', 'nikon', null, null],
      ['fake/kolors/b.png', 'fake', 'kolors', 'kolors', null],
      ['real/c.jpg', 'real', UNNAMED, null, null],
    ]);
  });

  it('takes a folder above the labels as the split', () => {
    const { items } = listingFromPaths(['val/fake/kolors/real/b.png', 'train/real/nikon/a.jpg']);
    expect(items.map(({ label, source, split }) => [label, source, split])).toEqual([
      ['fake', 'kolors', 'val'],
      ['real', 'nikon', 'train'],
    ]);
  });

  it('names what lies elsewhere', () => {
    const paths = ['a.jpg', 'unreal/x/a.jpg', 'a/b/real/c/d.jpg', 'x/real'];
    expect(listingFromPaths(paths)).toEqual({ items: [], strays: paths });
  });
});

describe('listingFromRows', () => {
  it('prefers the column file, and keeps every column', () => {
    const row = {
      file: 'val/a.webp',
      path: 'results/7.jpg',
      label: 'Fake',
      source: 's',
      generator: 'g',
      family: 'f',
    };
    const listing = listingFromRows([row]);
    expect(listing).toEqual({
      ok: true,
      value: [
        {
          path: 'val/a.webp',
          label: 'fake',
          source: 's',
          generator: 'g',
          family: 'f',
          split: null,
          columns: row,
        },
      ],
    });
  });

  it('takes path, numbers for labels, and a generator or a source that stands for the other', () => {
    const listing = listingFromRows([
      { path: 'a.jpg', label: '0', source: 'nikon', generator: '' },
      { path: 'b.jpg', label: '1', source: 'sheet', generator: '' },
      { path: 'c.jpg', label: 'fake', generator: 'kolors', split: 'val' },
    ]);
    const items = listing.ok ? listing.value : [];
    expect(items.map(({ label, source, generator, split }) => [label, source, generator, split])).toEqual([
      ['real', 'nikon', null, null],
      ['fake', 'sheet', 'sheet', null],
      ['fake', 'kolors', 'kolors', 'val'],
    ]);
  });

  it.each([
    [{ label: 'real', source: 'a' }, 'there is no path'],
    [{ path: 'a.jpg', label: 'constructor', source: 'a' }, 'the label is "constructor", not real or fake'],
    [{ path: 'a.jpg', label: 'real' }, 'there is no source'],
  ])('says which row is wrong: %j', (row, message) => {
    const good = { path: 'a.jpg', label: 'real', source: 'a' };
    expect(listingFromRows([good, row])).toEqual({ ok: false, failure: { row: 2, message } });
  });
});

describe('itemsOfSplit', () => {
  const { items } = listingFromPaths(['val/real/a/1.jpg', 'train/real/b/2.jpg']);

  it('keeps the items of the split', () => {
    const chosen = itemsOfSplit(items, 'val');
    expect(chosen.ok && chosen.value.map(({ path }) => path)).toEqual(['val/real/a/1.jpg']);
  });

  it('says which splits there are', () => {
    expect(itemsOfSplit(items, 'test')).toMatchObject({
      ok: false,
      failure: 'there is no split "test"; there are train, val',
    });
    const { items: plain } = listingFromPaths(['real/a/1.jpg']);
    expect(itemsOfSplit(plain, 'val')).toMatchObject({ ok: false, failure: 'the data has no splits' });
  });
});
