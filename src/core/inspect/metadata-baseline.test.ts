import { describe, expect, it } from 'vitest';
import { noise } from '../../../test/support/noise.ts';
import { conclusionsOf } from './conclusion.ts';
import type { FileFacts } from './file-facts.ts';
import { originalShape } from './file-facts.ts';
import { inspectFiles } from './inspection.ts';
import { metadataBaseline } from './metadata-baseline.ts';
import { metadataColumns } from './metadata-table.ts';
import { foldsBySource } from './source-folds.ts';

const TABLE = Array.from({ length: 64 }, (_, index) => index + 1);

/** `count` pictures from `sources` sources of a class, with distinct hashes. */
function pictures(
  label: 'real' | 'fake',
  { count, sources, of }: { count: number; sources: number; of: (index: number) => Partial<FileFacts> },
): FileFacts[] {
  return Array.from({ length: count }, (_, index) => ({
    path: `${label}/${index % sources}/${index}.png`,
    label,
    source: `s${index % sources}`,
    split: null,
    container: 'png',
    widthPx: 640,
    heightPx: 480,
    sizeBytes: 1000,
    jpeg: null,
    hasExif: false,
    hasIcc: false,
    original: null,
    sha256: `${label}${index}`,
    hash: null,
    ...of(index),
  }));
}
const baselineOf = (files: readonly FileFacts[]) =>
  metadataBaseline(
    files.map((file) => ({ label: file.label, source: file.source, shape: file, jpeg: file.jpeg })),
    ['container', 'size', 'tables'],
  );
const random = noise(4096, 77);
const anySize = (index: number) => ({ widthPx: 300 + (random[index] ?? 0), heightPx: 300 });

describe('metadataBaseline', () => {
  it('finds a container that gives the label away', () => {
    const files = [
      ...pictures('real', { count: 60, sources: 6, of: () => ({ container: 'jpeg' }) }),
      ...pictures('fake', { count: 60, sources: 6, of: () => ({ container: 'png' }) }),
    ];
    const baseline = baselineOf(files);
    expect(baseline).toMatchObject({
      ok: true,
      value: { files: 120, folds: 5, balancedAccuracy: 1, rocAuc: 1 },
    });
  });

  it('is near chance where files say nothing', () => {
    const files = [
      ...pictures('real', { count: 300, sources: 30, of: anySize }),
      ...pictures('fake', { count: 300, sources: 30, of: (index) => anySize(index + 1000) }),
    ];
    const baseline = baselineOf(files);
    if (!baseline.ok) throw new Error(baseline.failure);
    expect(Math.abs(baseline.value.rocAuc - 0.5)).toBeLessThan(0.1);
    expect(baseline.value.rocAucInterval?.lower).toBeLessThan(0.5);
  });

  it('does not take the fingerprint of single sources for the label', () => {
    // Every source has one size of its own: known sources are told apart, unknown ones cannot be.
    const ofSource = (index: number) => ({ widthPx: 1000 + 37 * ((index * 7) % 10), heightPx: 700 });
    const files = [
      ...pictures('real', { count: 100, sources: 10, of: (index) => ofSource(index % 10) }),
      ...pictures('fake', {
        count: 100,
        sources: 10,
        of: (index) => ({ ...ofSource(index % 10), widthPx: ofSource(index % 10).widthPx + 18 }),
      }),
    ];
    const baseline = baselineOf(files);
    expect(baseline.ok && baseline.value.balancedAccuracy).toBeLessThan(0.75);
  });

  it('needs two sources of each class', () => {
    const files = [
      ...pictures('real', { count: 10, sources: 2, of: () => ({}) }),
      ...pictures('fake', { count: 10, sources: 1, of: () => ({}) }),
    ];
    expect(baselineOf(files)).toEqual({ ok: false, failure: 'too-few-sources' });
  });
});

describe('metadataColumns', () => {
  it('has a column a container, and none of the coder for other containers than JPEG', () => {
    const [one, other] = [
      { container: 'png', widthPx: 512, heightPx: 768 },
      { container: 'jpeg', widthPx: 30, heightPx: 20 },
    ];
    const jpeg = { luma: TABLE, chroma: null, subsampling: 'grey', progressive: true } as const;
    const rows = [
      { shape: one, jpeg: null },
      { shape: other, jpeg: { ...jpeg, hasExif: false, hasIcc: false } },
    ];
    expect(metadataColumns(rows, ['container']).map((column) => [...column])).toEqual([
      [0, 1],
      [1, 0],
    ]);
    expect(metadataColumns(rows, ['size']).map((column) => column[0])).toEqual([
      512,
      768,
      512 * 768,
      512 / 768,
      256,
    ]);
    const tables = metadataColumns(rows, ['tables']);
    expect(tables.map((column) => column[1]).slice(0, 16)).toEqual(TABLE.slice(0, 16));
    expect(tables.every((column) => (column[0] ?? 9) <= 0)).toBe(true);
  });
});

describe('foldsBySource', () => {
  it('keeps sources whole and folds even', () => {
    const sizes = [40, 10, 10, 10, 5, 5];
    const list = (['real', 'fake'] as const).flatMap((label) =>
      sizes.flatMap((size, source) => Array.from({ length: size }, () => ({ label, source: `s${source}` }))),
    );
    const folds = foldsBySource(list, 2);
    const foldsOf = (label: string, source: string) =>
      new Set(
        list.flatMap((one, index) => (one.label === label && one.source === source ? [folds?.[index]] : [])),
      );
    for (const source of ['s0', 's3', 's5']) expect(foldsOf('real', source).size).toBe(1);
    const inFirst = list.filter((one, index) => one.label === 'real' && folds?.[index] === 0);
    expect(inFirst).toHaveLength(40);
    expect(foldsBySource(list, 7)).toBeNull();
  });
});

describe('originalShape', () => {
  it('reads the columns of a table, and nothing half there', () => {
    const columns = { original_format: 'JPEG', original_width: '967', original_height: '672' };
    expect(originalShape(columns)).toEqual({ container: 'jpeg', widthPx: 967, heightPx: 672 });
    expect(originalShape({ ...columns, original_width: '' })).toBeNull();
    expect(originalShape({ ...columns, original_height: '-3' })).toBeNull();
    expect(originalShape({})).toBeNull();
  });
});

describe('inspectFiles', () => {
  const giveaway = [
    ...pictures('real', { count: 40, sources: 4, of: () => ({ container: 'jpeg', hasExif: true }) }),
    ...pictures('fake', { count: 40, sources: 4, of: () => ({ container: 'png' }) }),
  ];

  it('describes classes before sources', () => {
    const { distributions } = inspectFiles(giveaway);
    expect(distributions.map(({ label, source }) => [label, source]).slice(0, 3)).toEqual([
      ['real', null],
      ['fake', null],
      ['real', 's0'],
    ]);
    expect(distributions[0]).toMatchObject({
      files: 40,
      containers: { jpeg: 40 },
      widthPx: { least: 640, most: 640 },
      progressive: null,
      exif: 1,
      icc: 0,
    });
  });

  it('concludes in plain words', () => {
    expect(conclusionsOf(inspectFiles(giveaway))).toEqual([
      expect.stringMatching(
        /^File format alone reaches 1\.00 \(1\.00 to 1\.00\) balanced accuracy, 1\.00 AUC: equalise before/,
      ),
      'No picture appears across classes, splits or sources.',
    ]);
    const doubled = giveaway.map((file, index) => ({
      ...file,
      sha256: index % 40 === 0 ? 'same' : file.sha256,
      original: { container: 'png', widthPx: 512, heightPx: 512 },
    }));
    const [files, originals, copies] = conclusionsOf(inspectFiles(doubled));
    expect(files).toContain('File format alone reaches 1.00');
    expect(originals).toMatch(
      /^The originals' file format alone says next to nothing about the class \(0\.50/,
    );
    expect(copies).toBe('1 group of equal or nearly equal pictures is both real and fake: look at them.');
  });
});
