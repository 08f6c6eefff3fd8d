import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { exampleCard, exampleWeights } from '../../../test/support/example-card.ts';
import { packagedNetwork } from '../../../test/support/packaged.ts';
import { PACKAGED_CARDS } from '../../platform/packaged-models.ts';
import { MODEL_ROLES } from '../verdict.ts';
import { checkGolden, compareGolden, goldenInput } from './golden.ts';
import { buildNetwork } from './network.ts';

describe.each(['wasm', 'cpu'] as const)('the packaged networks on %s', (backend) => {
  afterAll(() => tf.removeBackend(backend));

  it.each(MODEL_ROLES)(
    'give the golden logits: %s',
    async (role) => {
      const network = await packagedNetwork(role, backend);
      const result = await checkGolden(network, PACKAGED_CARDS[role].golden);
      expect(result.passed).toBe(true);
      network.dispose();
    },
    60_000,
  );

  it.each(MODEL_ROLES)(
    'free every tensor they make: %s',
    async (role) => {
      const before = tf.memory().numTensors;
      const network = await packagedNetwork(role, backend);
      const built = tf.memory().numTensors;
      expect(built).toBeGreaterThan(before);
      const { sizePx } = PACKAGED_CARDS[role].receptiveField;
      await network.forward(new Float32Array((sizePx + 8) * sizePx * 3), sizePx, sizePx + 8);
      expect(tf.memory().numTensors).toBe(built);
      network.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
    60_000,
  );
});

describe('golden input and comparison', () => {
  const { golden } = PACKAGED_CARDS.fast;
  const { rows, columns } = golden;
  const grid = { rows, columns, logits: Float32Array.from(golden.logits) };

  it('is the reference input', () => {
    const input = goldenInput(golden);
    expect([...input.slice(0, 3)]).toEqual([127, 158, 161]);
    expect(input.reduce((sum, value) => sum + value, 0)).toBe(golden.input.sum);
  });

  it('passes only right logits on the right grid', () => {
    expect(compareGolden(grid, golden).passed).toBe(true);
    const off = Float32Array.from(grid.logits, (value, index) => (index === 5 ? value + 0.1 : value));
    expect(compareGolden({ ...grid, logits: off }, golden).passed).toBe(false);
    const broken = Float32Array.from(grid.logits, (value, index) => (index === 5 ? Number.NaN : value));
    expect(compareGolden({ ...grid, logits: broken }, golden)).toEqual({
      passed: false,
      largestDifference: Number.POSITIVE_INFINITY,
    });
    expect(compareGolden({ ...grid, rows: 1, columns: rows * columns }, golden).passed).toBe(false);
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
    const weights = new Map(exampleWeights());
    weights.set('conv2.bias', { shape: [47], values: new Float32Array(47) });
    const built = buildNetwork(tf, exampleCard, weights);
    expect(built).toMatchObject({
      ok: false,
      failure: { where: 'conv2.bias', message: 'expected 8, found 47' },
    });
  });
});
