import { beforeAll, describe, expect, it } from 'vitest';
import { waves } from '../../../test/support/pictures-by-hand.ts';
import { starterCard, starterNetwork } from '../../../test/support/starter.ts';
import type { Network } from './network.ts';
import { PLAN, type PlanOptions, planTiles, scoreTiles } from './tiles.ts';

const field = starterCard.receptiveField;

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

describe('scoreTiles', () => {
  let network: Network;
  beforeAll(async () => {
    network = await starterNetwork('wasm');
  }, 60_000);
  const image = waves(203, 171);
  const run = (effort: 'quick' | 'full', options: PlanOptions) =>
    scoreTiles(network, image, field, planTiles(image, field, effort, options));

  it('gives the whole picture’s logits, whatever the tile size', async () => {
    const whole = await run('full', PLAN);
    expect([whole.rows, whole.columns]).toEqual([16, 20]);
    for (const tilePx of [49, 57, 100, 128, 170]) {
      const tiled = await run('full', { ...PLAN, tilePx });
      expect([tiled.rows, tiled.columns]).toEqual([16, 20]);
      const largest = tiled.logits.reduce(
        (most, logit, index) => Math.max(most, Math.abs(logit - (whole.logits[index] ?? Number.NaN))),
        0,
      );
      expect(largest, `tiles of ${tilePx} px`).toBeLessThan(1e-5);
    }
  }, 60_000);

  it('samples the very logits of the whole and marks the rest', async () => {
    const whole = await run('full', PLAN);
    const sample = await run('quick', { tilePx: 512, sampleTilePx: 57, quickPixels: 20_000 });
    const looked = sample.logits.filter((logit) => !Number.isNaN(logit)).length;
    expect(looked).toBeGreaterThan(10);
    expect(looked).toBeLessThan(whole.logits.length / 2);
    for (const [index, logit] of sample.logits.entries()) {
      if (!Number.isNaN(logit)) expect(logit).toBeCloseTo(whole.logits[index] ?? Number.NaN, 4);
    }
  }, 60_000);

  it('rejects logits that are not finite', async () => {
    const broken: Network = {
      forward: async () => ({ rows: 1, columns: 1, logits: Float32Array.of(Number.NaN) }),
      dispose: () => undefined,
    };
    const tiny = waves(49, 49);
    await expect(scoreTiles(broken, tiny, field, planTiles(tiny, field, 'full'))).rejects.toThrow(/finite/);
  });
});
