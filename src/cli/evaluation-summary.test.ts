import { describe, expect, it } from 'vitest';
import { type EvaluatedModel, scoreKey } from '../core/evaluate/evaluation.ts';
import { reportsOf } from '../core/evaluate/report.ts';
import { chainText, TABLE_CHAINS } from './chain-text.ts';
import { SUMMARY_FIGURES, summaryLines } from './evaluation-summary.ts';

const MODEL: EvaluatedModel = {
  ...{ name: 'm@1/p1', identity: null, fingerprint: 'f', backend: 'wasm' },
  ...{ threshold: 0.5, falsePositiveTarget: 0.05, calibratedOn: null },
};

/** Two sources a class, of five pictures each, all told apart. */
const ITEMS = Array.from({ length: 20 }, (_, index) => {
  const label = index < 10 ? ('real' as const) : ('fake' as const);
  return { path: `${label}/${index}`, label, source: `${label} ${index % 2}`, generator: null, family: null };
});

describe('summaryLines', () => {
  it('is a row a figure and a column a way to degrade, each value with its interval', () => {
    const outcomes = new Map(
      ITEMS.flatMap(({ path, label }) =>
        ['none', ...TABLE_CHAINS].map((chain) => {
          const [pFake, level] = label === 'fake' ? ([0.9, 'some'] as const) : ([0.1, 'none'] as const);
          return [scoreKey('f', chain, path), { state: 'scored', pFake, level } as const] as const;
        }),
      ),
    );
    const evaluation = { groupOut: false, items: ITEMS, outcomes, calibrationMarks: [] };
    const [report] = reportsOf({ ...evaluation, models: [MODEL], degradations: [...TABLE_CHAINS] });
    if (report === undefined) throw new Error('no report');
    const [title, head, ...rows] = summaryLines(report);
    expect(title).toBe('m@1/p1 at threshold 0.500; in brackets 95 % intervals');
    expect(head?.trim().split(/ {2,}/)).toEqual([
      ...['as they are', 're-encoded', 'JPEG 75', 'half size (bilinear)'],
    ]);
    expect(rows).toHaveLength(SUMMARY_FIGURES.length);
    for (const [index, row] of rows.entries()) {
      const [label, ...cells] = row.split(/ {2,}/);
      expect(label).toBe(SUMMARY_FIGURES[index]?.[1]);
      expect(cells).toHaveLength(4);
      for (const cell of cells) expect(cell).toMatch(/^\d\.\d{3} \(\d\.\d{3}-\d\.\d{3}\)$/);
    }
    expect(rows[0]).toContain('1.000 (1.000-1.000)');
    expect(rows[4]).toContain('0.100 (0.100-0.100)');
  });
});

describe('chainText', () => {
  it.each([
    ['none', 'as they are'],
    ['resize:0.50:lanczos', 'half size (lanczos)'],
    ['resize:1.5:bicubic', '1.5 times the size (bicubic)'],
    ['resize:0.75:box+jpeg:90', '0.75 times the size (box), then JPEG 90'],
    ['flip+webp:80+blur:1', 'mirrored, then WebP 80, then blur 1 px'],
    ['noise:5+gamma:0.8', 'noise 5, then gamma 0.8'],
    ['crop:256+screenshot', 'middle 256 px, then as in a screenshot'],
    ['of an older version', 'of an older version'],
  ])('says %s in words', (name, words) => {
    expect(chainText(name)).toBe(words);
  });
});
