import { describe, expect, it } from 'vitest';
import { readProbabilities, readScores } from './score-set.ts';

describe('readScores', () => {
  it('sorts by descending score and numbers the groups by their names', () => {
    const set = readScores({ labels: [0, true, 1], scores: [-3, 7.5, 2], groups: ['a', 'b', 'a'] });
    expect(set).toEqual({
      ok: true,
      value: {
        scores: Float64Array.of(7.5, 2, -3),
        labels: Uint8Array.of(1, 1, 0),
        groups: Uint32Array.of(1, 0, 0),
        indices: Uint32Array.of(1, 2, 0),
        groupCount: 2,
        positives: 2,
        negatives: 1,
      },
    });
  });

  it.each([
    [{ labels: [], scores: [] }, { kind: 'empty' }],
    [
      { labels: [1], scores: [] },
      { kind: 'lengths-differ', labels: 1, scores: 0, groups: 0 },
    ],
    [
      { labels: [1], scores: [0.1], groups: [] },
      { kind: 'lengths-differ', labels: 1, scores: 1, groups: 0 },
    ],
    [
      { labels: [0, 2], scores: [0.1, 0.2] },
      { kind: 'label-not-binary', index: 1 },
    ],
    [
      { labels: [Number.NaN], scores: [0.1] },
      { kind: 'label-not-binary', index: 0 },
    ],
    [
      { labels: [0, 1], scores: [0.1, Number.NaN] },
      { kind: 'score-not-finite', index: 1 },
    ],
    [
      { labels: [0], scores: [Number.POSITIVE_INFINITY] },
      { kind: 'score-not-finite', index: 0 },
    ],
  ])('names what is wrong: %j', (input, failure) => {
    expect(readScores(input)).toEqual({ ok: false, failure });
    expect(readProbabilities(input)).toEqual({ ok: false, failure });
  });

  it('refuses what is no number although it compares like one', () => {
    const parsed: { labels: number[]; scores: number[] } = JSON.parse(
      '{"labels": [1, 0], "scores": ["0.5", null]}',
    );
    expect(readScores(parsed)).toEqual({ ok: false, failure: { kind: 'score-not-finite', index: 0 } });
    const labelled: { labels: number[]; scores: number[] } = JSON.parse('{"labels": ["1"], "scores": [0.5]}');
    expect(readScores(labelled)).toEqual({ ok: false, failure: { kind: 'label-not-binary', index: 0 } });
  });
});

describe('readProbabilities', () => {
  it('takes both ends of the range', () => {
    expect(readProbabilities({ labels: [0, 1], scores: [0, 1] }).ok).toBe(true);
  });

  it.each([-1e-12, 1 + 1e-12, 3])('refuses %f', (score) => {
    const failure = { kind: 'score-not-probability', index: 1 };
    expect(readProbabilities({ labels: [0, 1], scores: [0.5, score] })).toEqual({ ok: false, failure });
  });
});
