import { beforeAll, describe, expect, it } from 'vitest';
import { exampleCard, exampleNetwork } from '../../../test/support/example-card.ts';
import { noise } from '../../../test/support/noise.ts';
import { waves } from '../../../test/support/pictures-by-hand.ts';
import type { PixelImage } from '../image/pixels.ts';
import type { LogitGrid, Network } from '../model/network.ts';
import { probabilityBand, varianceBetweenBlocks } from './band.ts';
import { texturedShare } from './flatness.ts';
import { levelOf } from './level.ts';
import { poolLogits, probabilityOf } from './pool.ts';
import { mapOf, scoreOf, screenImage } from './screen.ts';

const card = exampleCard;
const field = card.receptiveField;
const grid = (rows: number, columns: number, logit: (row: number, column: number) => number): LogitGrid => ({
  rows,
  columns,
  logits: Float32Array.from({ length: rows * columns }, (_, index) =>
    logit(Math.floor(index / columns), index % columns),
  ),
});

describe('levelOf', () => {
  const borders = { strongAt: 0.666, unsureFrom: 0.35 };
  it.each<[number, [number, number], string]>([
    [0.9, [0.666, 1], 'strong'],
    [0.9, [0.665, 1], 'some'],
    [0.666, [0.666, 0.666], 'strong'],
    [0.666, [0.3, 0.9], 'some'],
    [0.665, [0.66, 0.9], 'unsure'],
    [0.35, [0.2, 0.5], 'unsure'],
    [0.349, [0.1, 0.665], 'none'],
    [0.349, [0.1, 0.666], 'unsure'],
    [0, [0, 0], 'none'],
  ])('P %f in %j is %s', (probability, band, level) => {
    expect(levelOf(probability, band, borders)).toBe(level);
  });
});

describe('poolLogits', () => {
  it('takes mean and top tenth of what was looked at', () => {
    const logits = Float32Array.from({ length: 25 }, (_, index) => (index < 20 ? index : Number.NaN));
    expect(poolLogits(logits)).toEqual({ mean: 9.5, topMean: 18.5, looked: 20 });
    expect(poolLogits(Float32Array.of(-3))).toEqual({ mean: -3, topMean: -3, looked: 1 });
    expect(poolLogits(new Float32Array())).toEqual({ mean: 0, topMean: 0, looked: 0 });
  });
});

describe('probabilityBand', () => {
  const known = { ...card.calibration, covariance: { aa: 0, bb: 0, ab: 0 }, blockVariance: 0 };

  it('is the score itself when everything is known and all patches agree', () => {
    const even = grid(14, 14, () => 0.7);
    const [low, high] = probabilityBand(even, known, field);
    const score = probabilityOf(known.a * Math.fround(0.7) + known.b);
    expect(low).toBeCloseTo(score, 5);
    expect(high).toBeCloseTo(score, 5);
  });

  it('follows the delta method for the calibration', () => {
    const covariance = { aa: 0.04, bb: 0.09, ab: -0.02 };
    const [low, high] = probabilityBand(
      grid(14, 14, () => 2),
      { ...known, covariance },
      field,
    );
    const z = known.a * 2 + known.b;
    const reach = 1.96 * Math.sqrt(4 * 0.04 + 0.09 + 4 * -0.02);
    expect(low).toBeCloseTo(probabilityOf(z - reach), 5);
    expect(high).toBeCloseTo(probabilityOf(z + reach), 5);
  });

  it('counts blocks, not overlapping patches', () => {
    // Blocks of 7 x 7 patches alternate between -1 and 1: variance 4/3 between four, 16/15 between sixteen.
    const checkers = (blocks: number) =>
      grid(7 * blocks, 7 * blocks, (row, column) => (Math.floor(row / 7 + column / 7) % 2 === 0 ? 1 : -1));
    const board = (blocks: number) =>
      grid(7 * blocks, 7 * blocks, (row, column) =>
        (Math.floor(row / 7) + Math.floor(column / 7)) % 2 === 0 ? 1 : -1,
      );
    expect(varianceBetweenBlocks(board(2), field)).toBeCloseTo(4 / 3, 6);
    expect(varianceBetweenBlocks(board(4), field)).toBeCloseTo(16 / 15, 6);
    expect(varianceBetweenBlocks(checkers(1), field)).toBeNull();
    const [low] = probabilityBand(board(4), known, field);
    // Two prior blocks of variance 0 draw 16 towards it: (16 / 17) over 16 blocks.
    expect(low).toBeCloseTo(probabilityOf(known.b - 1.96 * known.a * Math.sqrt(16 / 17 / 16)), 5);
  });

  it('is wide when only one block was seen, narrows with size, stays within 0..1', () => {
    const width = (side: number) => {
      const [low, high] = probabilityBand(
        grid(side, side, () => 0.5),
        card.calibration,
        field,
      );
      return high - low;
    };
    expect(width(7)).toBeGreaterThan(width(21));
    expect(width(21)).toBeGreaterThan(width(70));
    const [low, high] = probabilityBand(
      grid(7, 7, () => 400),
      card.calibration,
      field,
    );
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeLessThanOrEqual(1);
  });
});

describe('texturedShare', () => {
  const picture = (value: (x: number, y: number) => number): PixelImage => {
    const rgba = new Uint8Array(160 * 120 * 4).fill(255);
    for (let index = 0; index < 160 * 120; index++) {
      rgba.fill(value(index % 160, Math.floor(index / 160)), index * 4, index * 4 + 3);
    }
    return { widthPx: 160, heightPx: 120, rgba };
  };

  it('is nothing for fills and gradients, everything for grain', () => {
    expect(
      texturedShare(
        picture(() => 90),
        3,
      ),
    ).toBe(0);
    expect(
      texturedShare(
        picture((x) => x * 0.4),
        3,
      ),
    ).toBe(0);
    const grain = noise(160 * 120, 5);
    expect(
      texturedShare(
        picture((x, y) => grain[y * 160 + x] ?? 0),
        3,
      ),
    ).toBe(1);
    expect(texturedShare({ widthPx: 5, heightPx: 5, rgba: new Uint8Array(100) }, 3)).toBe(0);
  });

  it('counts the blocks of a drawn line', () => {
    expect(
      texturedShare(
        picture((x) => (x === 44 ? 0 : 255)),
        3,
      ),
    ).toBeCloseTo(1 / 20, 10);
  });
});

describe('screenImage', () => {
  let network: Network;
  beforeAll(async () => {
    network = await exampleNetwork('wasm');
  }, 60_000);
  const screen = (image: PixelImage) => screenImage(image, { card, network, effort: 'quick' });

  it('abstains from small and flat pictures', async () => {
    expect(await screen(waves(200, 97))).toEqual({ kind: 'abstained', reason: 'too-small' });
    const fill = { widthPx: 200, heightPx: 200, rgba: new Uint8Array(160_000).fill(200) };
    expect(await screen(fill)).toEqual({ kind: 'abstained', reason: 'too-flat' });
  });

  it('scores the smallest picture', async () => {
    const result = await screen(waves(98, 98));
    if (result.kind !== 'scored') throw new Error(result.reason);
    const { score, map } = result;
    expect(score.grid).toEqual({ rows: 7, columns: 7 });
    expect(score.coverage).toBe(1);
    expect(score.band[0]).toBeLessThanOrEqual(score.probability);
    expect(score.band[1]).toBeGreaterThanOrEqual(score.probability);
    expect(score.topProbability).toBeGreaterThanOrEqual(score.probability);
    expect(map).toMatchObject({ rows: 7, columns: 7, widthPx: 98, heightPx: 98, receptiveField: field });
    expect(map.values).toHaveLength(49);
  });
});

describe('scoreOf and mapOf', () => {
  // Half of the grid not looked at; a quarter of the rest far above the threshold.
  const half = grid(4, 8, (row, column) => (column >= 4 ? Number.NaN : row === 0 ? 5 : -2));

  it('count only what was looked at', () => {
    const score = scoreOf(half, card, 0.5);
    expect(score.flaggedShare).toBe(0.25);
    expect(score.probability).toBeCloseTo(probabilityOf(card.calibration.a * -0.25 + card.calibration.b), 6);
    expect(score.coverage).toBe(0.5);
  });

  it('never speak of strong signs where the slope may be zero', () => {
    const levels = new Set<string>();
    for (let logit = -10; logit <= 10; logit += 0.1) {
      levels.add(
        scoreOf(
          grid(70, 70, () => logit),
          card,
          1,
        ).level,
      );
    }
    expect([...levels].sort()).toEqual(['none', 'some', 'unsure']);
  });

  it('mark the rest in the map', () => {
    const map = mapOf(half, card, { widthPx: 105, heightPx: 73 });
    expect([...map.values.slice(0, 5)]).toEqual([253, 253, 253, 253, 255]);
    expect(map.values.filter((value) => value === 255)).toHaveLength(16);
  });
});
