import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { starterCard, starterNetwork, starterWeights } from '../../../test/support/starter.ts';
import { checkGolden, compareGolden, goldenInput } from './golden.ts';
import { buildNetwork } from './network.ts';

describe.each(['wasm', 'cpu'] as const)('the starter network on %s', (backend) => {
  afterAll(() => tf.removeBackend(backend));

  it('gives the golden logits', async () => {
    const network = await starterNetwork(backend);
    const result = await checkGolden(network, starterCard.golden);
    expect(result.largestDifference).toBeLessThan(2e-3);
    expect(result.passed).toBe(true);
    network.dispose();
  }, 60_000);

  it('frees every tensor it makes', async () => {
    const before = tf.memory().numTensors;
    const network = await starterNetwork(backend);
    const built = tf.memory().numTensors;
    expect(built).toBeGreaterThan(before);
    await network.forward(new Float32Array(57 * 49 * 3), 49, 57);
    expect(tf.memory().numTensors).toBe(built);
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
  }, 60_000);
});

describe('golden input and comparison', () => {
  const grid = { rows: 4, columns: 6, logits: Float32Array.from(starterCard.golden.logits) };

  it('is the reference input', () => {
    const input = goldenInput(starterCard.golden);
    expect([...input.slice(0, 3)]).toEqual([127, 158, 161]);
    expect(input.reduce((sum, value) => sum + value, 0)).toBe(starterCard.golden.input.sum);
  });

  it('passes only right logits on the right grid', () => {
    expect(compareGolden(grid, starterCard.golden).passed).toBe(true);
    const off = Float32Array.from(grid.logits, (value, index) => (index === 5 ? value + 0.01 : value));
    expect(compareGolden({ ...grid, logits: off }, starterCard.golden).passed).toBe(false);
    const broken = Float32Array.from(grid.logits, (value, index) => (index === 5 ? Number.NaN : value));
    expect(compareGolden({ ...grid, logits: broken }, starterCard.golden)).toEqual({
      passed: false,
      largestDifference: Number.POSITIVE_INFINITY,
    });
    expect(compareGolden({ ...grid, rows: 6, columns: 4 }, starterCard.golden).passed).toBe(false);
  });
});

describe('building', () => {
  it.each([
    ['webgpu', true],
    ['wasm', false],
  ])('offers batches on %s: %s', (name, offered) => {
    const built = buildNetwork({ ...tf, getBackend: () => name }, { layers: [{ op: 'relu' }] }, new Map());
    if (!built.ok) throw new Error(built.failure.message);
    expect(built.value.forwardBatch !== undefined).toBe(offered);
  });

  it('names the tensor that does not fit', () => {
    const weights = new Map(starterWeights());
    weights.set('conv2.bias', { shape: [47], values: new Float32Array(47) });
    const built = buildNetwork(tf, starterCard, weights);
    expect(built).toMatchObject({
      ok: false,
      failure: { where: 'conv2.bias', message: 'expected 48, found 47' },
    });
  });
});
