import { describe, expect, it } from 'vitest';
import { arrange, type Span } from './arena.ts';

describe('arrange', () => {
  it('shares memory between tensors that are never alive together', () => {
    const spans: Span[] = [
      { sizeBytes: 1000, from: 0, to: 1 },
      { sizeBytes: 900, from: 1, to: 2 },
      { sizeBytes: 800, from: 2, to: 3 },
      { sizeBytes: 700, from: 3, to: 4 },
    ];
    const { offsets, sizeBytes } = arrange(spans);
    expect(offsets).toEqual([0, 1024, 0, 832]);
    expect(sizeBytes).toBe(1024 + 960);
  });

  it('keeps tensors apart that are alive together, whatever their sizes and lives', () => {
    let state = 1;
    const below = (limit: number) => {
      state = (state * 48271) % 2147483647;
      return state % limit;
    };
    for (let round = 0; round < 50; round++) {
      const spans = Array.from({ length: 12 }, () => {
        const from = below(20);
        return { sizeBytes: 1 + below(5000), from, to: from + below(6) };
      });
      const { offsets, sizeBytes } = arrange(spans);
      for (const [a, first] of spans.entries()) {
        const start = offsets[a] ?? Number.NaN;
        expect(start % 64).toBe(0);
        expect(start + first.sizeBytes).toBeLessThanOrEqual(sizeBytes);
        for (const [b, second] of spans.entries()) {
          if (a === b || first.from > second.to || second.from > first.to) continue;
          const other = offsets[b] ?? Number.NaN;
          expect(start + first.sizeBytes <= other || other + second.sizeBytes <= start).toBe(true);
        }
      }
    }
  });
});
