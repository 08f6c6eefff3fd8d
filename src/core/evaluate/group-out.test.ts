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
    expect(found.groups['real: b']).toEqual({ label: 'real', n: 2, threshold: null, flagged: 0 });
    expect(found.groups['generated: c']).toEqual({ label: 'fake', n: 1, threshold: null, flagged: 0 });
    expect(found.groups['real: a']).toMatchObject({ threshold: 0.8, flagged: 1 });
    expect(found).toMatchObject({ withoutThreshold: 3, recall: 0, falsePositiveRate: 1 / 3 });
  });

  it('says nothing of a group where the others lack a class', () => {
    const found = measureGroupOut(
      [item('real', 'a', 0.2), item('fake', 'c', 0.9), item('fake', 'd', 0.8)],
      0.05,
    );
    expect(found.groups['real: a']).toEqual({ label: 'real', n: 1, threshold: null, flagged: null });
    expect(found).toMatchObject({ withoutThreshold: 0, falsePositiveRate: null, recall: 0.5 });
  });
});
