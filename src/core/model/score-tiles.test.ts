import { beforeAll, describe, expect, it } from 'vitest';
import { exampleCard, exampleNetwork, exampleWeights } from '../../../test/support/example-card.ts';
import { waves } from '../../../test/support/pictures-by-hand.ts';
import { startBackend } from '../../../test/support/tensorflow.ts';
import { buildLayers, type LayerNetwork, type Network, networkOf, type OutputGrid } from './network.ts';
import { scoreTiles } from './score-tiles.ts';
import { PLAN, type PlanOptions, planTiles } from './tiles.ts';

const field = exampleCard.receptiveField;

describe('scoreTiles', () => {
  let network: Network;
  beforeAll(async () => {
    network = await exampleNetwork('wasm');
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

  it('sends tiles of one size together where the network wants that, as many as a batch may hold', async () => {
    const built = buildLayers(await startBackend('wasm'), exampleCard.layers, exampleWeights());
    if (!built.ok) throw new Error(built.failure.message);
    const sizes: string[] = [];
    const layers: LayerNetwork = {
      ...built.value,
      prefersBatches: true,
      runBatch: (pictures, heightPx, widthPx) => {
        expect(pictures.length * heightPx * widthPx).toBeLessThanOrEqual(2 * 512 ** 2);
        sizes.push(`${pictures.length} of ${widthPx} x ${heightPx}`);
        return built.value.runBatch(pictures, heightPx, widthPx);
      },
    };
    const logitsOf = ({ rows, columns, values }: OutputGrid) => ({ rows, columns, logits: values });
    const batching = networkOf(layers, logitsOf);
    const plan = planTiles(image, field, 'full', { ...PLAN, tilePx: 100 });
    const together = await scoreTiles(batching, image, field, plan);
    const alone = await scoreTiles(network, image, field, plan);
    for (const [index, logit] of together.logits.entries()) {
      expect(logit).toBeCloseTo(alone.logits[index] ?? Number.NaN, 5);
    }
    expect(plan.tiles).toHaveLength(9);
    expect(sizes).toEqual(['2 of 89 x 81', '4 of 97 x 81', '2 of 97 x 89']);
    sizes.length = 0;
    const large = waves(1500, 500);
    await scoreTiles(batching, large, field, planTiles(large, field, 'full'));
    expect(sizes).toEqual(['2 of 401 x 497', '2 of 409 x 497']);
    built.value.dispose();
  }, 60_000);

  it('rejects a batch that comes back incomplete', async () => {
    const forwardBatch = async () => [];
    const broken: Network = { ...network, forwardBatch };
    const plan = planTiles(image, field, 'full', { ...PLAN, tilePx: 100 });
    await expect(scoreTiles(broken, image, field, plan)).rejects.toThrow(/fewer grids/);
  });
});
