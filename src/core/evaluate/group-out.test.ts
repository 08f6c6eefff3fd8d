import { describe, expect, it } from 'vitest';
import { measureGroupOut } from './group-out.ts';
import type { ScoredItem } from './sample.ts';

const item = (label: 'real' | 'fake', source: string, pFake: number): ScoredItem => ({
  path: `${label}/${source}/${pFake}`,
  label,
  source,
  generator: label === 'fake' ? source : null,
  family: null,
  pFake,
  level: null,
});

describe('measureGroupOut', () => {
  it('flags nothing of a group where no score of the others keeps the target, and counts it', () => {
    const items = [
      item('real', 'a', 0.95),
      item('real', 'b', 0.1),
      item('real', 'b', 0.2),
      item('fake', 'c', 0.9),
      item('fake', 'd', 0.8),
    ];
    // With "a" among the others its real picture is above every fake one: no threshold has no false alarm.
    const found = measureGroupOut(items, 0.05);
    expect(found.groups['real: b']).toMatchObject({ label: 'real', n: 2, threshold: null, flagged: 0 });
    expect(found.groups['generated: c']).toMatchObject({ label: 'fake', n: 1, threshold: null, flagged: 0 });
    expect(found.groups['real: a']).toMatchObject({ threshold: 0.8, flagged: 1 });
    expect(found).toMatchObject({ withoutThreshold: 3, recall: 0, falsePositiveRate: 1 / 3 });
  });

  it('says nothing of a group where the others lack a class', () => {
    const found = measureGroupOut(
      [item('real', 'a', 0.2), item('fake', 'c', 0.9), item('fake', 'd', 0.8)],
      0.05,
    );
    expect(found.groups['real: a']).toEqual({
      ...{ label: 'real', n: 1, threshold: null, flagged: null, flaggedInterval: null },
    });
    expect(found).toMatchObject({ withoutThreshold: 0, falsePositiveRate: null, recall: 0.5 });
  });

  it('says how far its figures reach, by drawing sources again', () => {
    const spread = (label: 'real' | 'fake', source: string, scores: readonly number[]) =>
      scores.map((pFake) => item(label, source, pFake));
    const items = [
      ...spread('real', 'a', [0.1, 0.2, 0.3, 0.9]),
      ...spread('real', 'b', [0.1, 0.15, 0.25, 0.35]),
      ...spread('real', 'c', [0.12, 0.22, 0.32, 0.34]),
      ...spread('fake', 'd', [0.65, 0.6, 0.7, 0.8]),
      ...spread('fake', 'e', [0.01, 0.6, 0.7, 0.8]),
    ];
    const found = measureGroupOut(items, 0.2);
    for (const name of ['falsePositiveRate', 'recall', 'balancedAccuracy'] as const) {
      const [lower, upper] = found.intervals[name] ?? [1, 0];
      expect(lower, name).toBeLessThan(found[name] ?? Number.NaN);
      expect(upper, name).toBeGreaterThan(found[name] ?? Number.NaN);
    }
    // Of four pictures, one or all: Clopper-Pearson's bounds.
    expect(found.groups['real: a']?.flaggedInterval?.[1]).toBeCloseTo(0.8059, 4);
    expect(found.groups['generated: d']?.flaggedInterval?.[0]).toBeCloseTo(0.3976, 4);
  });
});
