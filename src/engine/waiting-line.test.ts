import { describe, expect, it } from 'vitest';
import type { Priority } from '../protocol/schemas.ts';
import { takeNext } from './waiting-line.ts';

const member = (sequence: number, urgency: Priority) => {
  const made = { sequence, urgency, priority: () => made.urgency };
  return made;
};

describe('takeNext', () => {
  it('serves by urgency, then by arrival, and notices a change of urgency', () => {
    const late = member(4, 'bulk');
    const line = new Set([
      member(3, 'hover'),
      member(1, 'visible'),
      late,
      member(2, 'hover'),
      member(0, 'bulk'),
    ]);
    expect(takeNext(line)?.sequence).toBe(2);
    late.urgency = 'click';
    expect(takeNext(line)).toBe(late);
    expect([takeNext(line), takeNext(line), takeNext(line)].map((each) => each?.sequence)).toEqual([3, 1, 0]);
    expect(takeNext(line)).toBeUndefined();
  });
});
