import { describe, expect, it } from 'vitest';
import { exampleCard, exampleWeights } from '../../test/support/example-card.ts';
import { noise } from '../../test/support/noise.ts';
import { weightsOf } from '../../test/support/packaged.ts';
import { startBackend } from '../../test/support/tensorflow.ts';
import { checkGolden } from '../core/model/golden.ts';
import type { Layer } from '../core/model/layer.ts';
import { buildLayers, buildNetwork } from '../core/model/network.ts';
import { scoreTiles } from '../core/model/score-tiles.ts';
import { PLAN, planTiles } from '../core/model/tiles.ts';
import { NETWORK_KERNEL, type NetworkKernel } from '../core/model/whole-network.ts';
import { MODEL_ROLES } from '../core/verdict.ts';
import { PACKAGED_CARDS } from '../platform/packaged-models.ts';
import { compileKernels } from './kernels.ts';
import { createMachine, type Machine } from './machine.ts';
import { planFor } from './plan.ts';
import { kernelHeapBytes } from './register.ts';

async function exampleMachine(): Promise<Machine> {
  const plan = planFor(exampleCard.layers, exampleWeights());
  if (plan === null) throw new Error('no plan');
  return createMachine(await compileKernels('simd'), plan);
}

const picture = (rows: number, columns: number): Float32Array =>
  Float32Array.from(noise(rows * columns * 3, rows));

describe('createMachine', () => {
  it('gives the same result whatever sizes came before', async () => {
    const used = await exampleMachine();
    for (const [rows, columns] of [
      [130, 61],
      [49, 49],
      [61, 130],
      [130, 61],
    ] as const) {
      const fresh = await exampleMachine();
      const input = picture(rows, columns);
      expect(used.run({ rows, columns }, input)).toEqual(fresh.run({ rows, columns }, input));
    }
  });

  it('needs no more memory after 1,000 pictures than for the largest', async () => {
    const machine = await exampleMachine();
    machine.run({ rows: 71, columns: 71 }, picture(71, 71));
    const bytes = machine.heapBytes();
    for (let index = 0; index < 1000; index++) {
      const [rows, columns] = [49 + (index % 23), 49 + ((index * 7) % 23)];
      machine.run({ rows, columns }, picture(rows, columns));
    }
    expect(machine.heapBytes()).toBe(bytes);
  }, 60_000);

  it('refuses a picture smaller than one patch', async () => {
    const machine = await exampleMachine();
    expect(() => machine.run({ rows: 48, columns: 90 }, picture(48, 90))).toThrow('too small');
  });

  it('refuses branches of different sizes', async () => {
    const layers: Layer[] = [{ op: 'residual', main: [{ op: 'crop', margin: 1 }], skip: [] }];
    const plan = planFor(layers, new Map());
    if (plan === null) throw new Error('no plan');
    const machine = createMachine(await compileKernels('simd'), plan);
    expect(() => machine.run({ rows: 9, columns: 9 }, picture(9, 9))).toThrow('branches of different sizes');
  });
});

describe('the kernel for whole networks', () => {
  it('runs a batch picture by picture and frees what it holds', async () => {
    const tf = await startBackend('kernels');
    const before = tf.memory().numTensors;
    tf.engine().startScope();
    const { prepare } = tf.getKernel(NETWORK_KERNEL, 'wasm') as unknown as NetworkKernel;
    const network = prepare(exampleCard.layers, exampleWeights());
    if (network === null) throw new Error('no network');
    expect(kernelHeapBytes()).toBeGreaterThan(0);
    const pictures = [picture(57, 65), picture(65, 57)].map((values) => tf.tensor4d(values, [1, 57, 65, 3]));
    const attributes = { network } as never;
    const logits = (input: (typeof pictures)[number]) =>
      tf.engine().runKernel(NETWORK_KERNEL, { picture: input }, attributes) as typeof input;
    const both = logits(tf.concat(pictures, 0));
    expect(both.shape).toEqual([2, 2, 3, 1]);
    const apart = tf.concat(pictures.map(logits), 0);
    expect(await both.data()).toEqual(await apart.data());
    tf.engine().endScope();
    network.dispose();
    expect(kernelHeapBytes()).toBe(0);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each(MODEL_ROLES)('passes the golden check of the packaged model %s', async (role) => {
    const card = PACKAGED_CARDS[role];
    const built = buildNetwork(await startBackend('kernels'), card, weightsOf(role));
    if (!built.ok) throw new Error(built.failure.message);
    expect(kernelHeapBytes()).toBeGreaterThan(0);
    expect((await checkGolden(built.value, card.golden)).passed).toBe(true);
    built.value.dispose();
  });

  it('gives the same logits tile by tile', async () => {
    const built = buildNetwork(await startBackend('kernels'), exampleCard, exampleWeights());
    if (!built.ok) throw new Error(built.failure.message);
    const [widthPx, heightPx] = [203, 170];
    const rgba = noise(widthPx * heightPx * 4, 3);
    const image = { widthPx, heightPx, rgba };
    const { receptiveField } = exampleCard;
    const logits = async (tilePx: number) => {
      const plan = planTiles(image, receptiveField, 'full', { ...PLAN, tilePx });
      return { tiles: plan.tiles.length, ...(await scoreTiles(built.value, image, receptiveField, plan)) };
    };
    const [whole, cut] = [await logits(512), await logits(90)];
    built.value.dispose();
    expect([whole.tiles, cut.tiles]).toEqual([1, 12]);
    const differences = whole.logits.map((value, index) =>
      Math.abs(value - (cut.logits[index] ?? Number.NaN)),
    );
    // Not exactly: the tiles of the fast 3x3 convolution begin elsewhere, and round elsewhere.
    expect(Math.max(...differences)).toBeLessThan(2e-5);
  });

  it('leaves networks to tfjs that it has no steps for', async () => {
    const tf = await startBackend('kernels');
    const built = buildLayers(tf, [{ op: 'diagonalBand' }], new Map());
    if (!built.ok) throw new Error('not built');
    expect(kernelHeapBytes()).toBe(0);
    const { values } = await built.value.run(picture(8, 8), 8, 8);
    expect(values.every(Number.isFinite)).toBe(true);
  });
});
