import { describe, expect, it } from 'vitest';
import { badgeCorner, legendCorner, opening } from './place.ts';

const viewport = { width: 800, height: 600 };
const compact = { width: 180, height: 32 };
const badge = (seen: { x: number; y: number; width: number; height: number }, rtl = false) =>
  badgeCorner({ seen, viewport, panel: compact, rtl });

describe('badgeCorner', () => {
  it.each([
    ['inside the start corner', { x: 100, y: 100, width: 400, height: 300 }, false, { x: 108, y: 108 }],
    [
      'inside the end corner in right-to-left',
      { x: 100, y: 100, width: 400, height: 300 },
      true,
      { x: 312, y: 108 },
    ],
    ['above a small picture', { x: 100, y: 100, width: 60, height: 40 }, false, { x: 100, y: 60 }],
    ['below when there is no room above', { x: 100, y: 10, width: 60, height: 40 }, false, { x: 100, y: 58 }],
    ['beside a narrow tall one', { x: 100, y: 0, width: 30, height: 600 }, false, { x: 138, y: 8 }],
    ['in the viewport at its edge', { x: 760, y: 300, width: 40, height: 40 }, false, { x: 612, y: 260 }],
  ])('%s', (_name, seen, rtl, expected) => {
    expect(badge(seen, rtl)).toEqual(expected);
  });
});

describe('opening', () => {
  const details = { width: 300, height: 90 };
  const open = (x: number, y: number, rtl = false) =>
    opening({ x, y }, { row: compact, details, viewport, rtl });

  it('has its full width and opens downward where there is room', () => {
    expect(open(100, 100)).toEqual({ maxWidthPx: 320, upward: false });
  });
  it('takes the room that is left, never less than its row', () => {
    expect(open(560, 100).maxWidthPx).toBe(232);
    expect(open(612, 100).maxWidthPx).toBe(180);
    expect(open(50, 100, true).maxWidthPx).toBe(222);
  });
  it('opens upward at the bottom, unless the top is nearer', () => {
    expect(open(100, 540).upward).toBe(true);
    expect(
      opening({ x: 100, y: 40 }, { row: compact, details, viewport: { width: 800, height: 120 }, rtl: false })
        .upward,
    ).toBe(false);
  });
});

describe('legendCorner', () => {
  const panel = { width: 300, height: 34 };
  it.each([
    ['inside', { x: 0, y: 0, width: 400, height: 300 }, { x: 8, y: 258 }],
    ['below', { x: 100, y: 100, width: 200, height: 100 }, { x: 100, y: 208 }],
    ['above at the bottom', { x: 100, y: 500, width: 200, height: 100 }, { x: 100, y: 458 }],
  ])('%s', (_name, seen, expected) => {
    expect(legendCorner({ seen, viewport, panel, rtl: false })).toEqual(expected);
  });
});
