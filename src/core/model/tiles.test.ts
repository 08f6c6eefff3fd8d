import { describe, expect, it } from 'vitest';
import { exampleCard } from '../../../test/support/example-card.ts';
import { PLAN, planTiles } from './tiles.ts';

const field = exampleCard.receptiveField;

describe('planTiles', () => {
  it.each([
    [49, 49],
    [98, 500],
    [505, 512],
    [1000, 2000],
    [4000, 6000],
    [98, 600_000],
  ])('covers %i x %i px once when looking at all of it', (heightPx, widthPx) => {
    const plan = planTiles({ widthPx, heightPx }, field, 'full');
    expect(plan.coverage).toBe(1);
    const seen = new Uint8Array(plan.rows * plan.columns);
    for (const tile of plan.tiles) {
      expect(Math.max(tile.rows, tile.columns)).toBeLessThanOrEqual(58);
      for (let row = tile.row; row < tile.row + tile.rows; row++) {
        for (let column = tile.column; column < tile.column + tile.columns; column++) {
          seen[row * plan.columns + column] = (seen[row * plan.columns + column] ?? 0) + 1;
        }
      }
    }
    expect(seen.every((times) => times === 1)).toBe(true);
  });

  it('looks at pictures up to the budget whole even when quick', () => {
    expect(planTiles({ widthPx: 1600, heightPx: 1500 }, field, 'quick').coverage).toBe(1);
  });

  it.each([
    [4000, 6000],
    [6000, 4000],
    [98, 600_000],
    [8000, 8000],
    [1600, 1600],
  ])('samples %i x %i px evenly within the budget', (heightPx, widthPx) => {
    const plan = planTiles({ widthPx, heightPx }, field, 'quick');
    const pixels = plan.tiles.reduce((sum, tile) => sum + (tile.rows * 8 + 41) * (tile.columns * 8 + 41), 0);
    expect(pixels).toBeLessThanOrEqual(PLAN.quickPixels);
    expect(plan.coverage).toBeLessThan(1);
    expect(plan.tiles.length).toBeGreaterThanOrEqual(25);
    const cells = new Set<number>();
    for (const tile of plan.tiles) {
      expect(tile.row >= 0 && tile.row + tile.rows <= plan.rows).toBe(true);
      expect(tile.column >= 0 && tile.column + tile.columns <= plan.columns).toBe(true);
      for (let row = tile.row; row < tile.row + tile.rows; row++) {
        for (let column = tile.column; column < tile.column + tile.columns; column++) {
          cells.add(row * plan.columns + column);
        }
      }
    }
    expect(cells.size / (plan.rows * plan.columns)).toBeCloseTo(plan.coverage, 10);
    // Every quarter of the picture is looked at.
    const quarters = plan.tiles.map(
      (tile) => `${tile.row * 2 >= plan.rows} ${tile.column * 2 >= plan.columns}`,
    );
    expect(new Set(quarters).size).toBe(heightPx === 98 ? 2 : 4);
  });
});
