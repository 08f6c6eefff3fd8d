import { describe, expect, it } from 'vitest';
import type { ImageState } from '../verdict.ts';
import { reportJson } from './json.ts';
import { bySuspicion, tally } from './order.ts';
import { reportInput, reportRow, scoredState } from './sample.testing.ts';

const abstained: ImageState = {
  state: 'abstained',
  reason: 'too-small',
  facts: scoredState(0).facts,
  model: 'm',
  sha256: 'ef'.repeat(32),
};
const states: (ImageState | null)[] = [
  null,
  { state: 'queued' },
  { state: 'failed', reason: 'not-allowed' },
  scoredState(0.2, { level: 'none' }),
  abstained,
  { state: 'running' },
  scoredState(0.9, { level: 'strong' }),
  { state: 'failed', reason: 'timeout' },
  scoredState(0.9, { level: 'some' }),
  scoredState(0.5, { level: 'unsure' }),
];
const rows = states.map((state, index) => ({ state, index }));

describe('bySuspicion', () => {
  it('puts scores first by probability, then abstentions, failures, running, waiting, unseen', () => {
    expect(bySuspicion(rows).map((row) => row.index)).toEqual([6, 8, 9, 3, 4, 2, 7, 5, 1, 0]);
  });

  it('keeps the order of equals, and its input', () => {
    const equal = [1, 2, 3].map((index) => ({ index, state: scoredState(0.5) }));
    expect(bySuspicion(equal).map((row) => row.index)).toEqual([1, 2, 3]);
    expect(rows[0]?.index).toBe(0);
  });
});

describe('tally', () => {
  it('never counts what was not scored as a level', () => {
    expect(tally(rows)).toEqual({
      levels: { strong: 1, some: 1, unsure: 1, none: 1 },
      scored: 4,
      flagged: 2,
      abstained: 1,
      failed: 2,
      notAllowed: 1,
      waiting: 2,
      unseen: 1,
    });
  });
});

describe('reportJson', () => {
  it('holds every row with its result, sorted, and no pictures', () => {
    const input = reportInput({
      rows: [
        reportRow({ state: null, label: 'later' }),
        reportRow({ thumbnail: 'data:image/webp;base64,AA==' }),
      ],
    });
    const report = JSON.parse(reportJson(input));
    expect(report).toMatchObject({
      schema: 2,
      createdAt: input.createdAt,
      summary: { scored: 1, unseen: 1 },
    });
    expect(report.images.map((image: { label: string }) => image.label)).toEqual(['bridge.jpg', 'later']);
    expect(report.images[1].result).toEqual({ state: 'unseen' });
    expect(reportJson(input)).not.toContain('base64');
  });
});
