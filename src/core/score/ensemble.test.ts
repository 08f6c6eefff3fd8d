import { describe, expect, it } from 'vitest';
import { fakeLogits } from '../model/patch-network.ts';
import { ensemblesOf } from './ensemble.ts';

const softmaxFake = ([fake, real]: readonly [number, number]) =>
  Math.exp(fake) / (Math.exp(fake) + Math.exp(real));

describe('ensemblesOf', () => {
  /** (fake, real) logits of four patches, the third a tie. */
  const patches: [number, number][] = [
    [2, -1],
    [-3, 0.5],
    [0.7, 0.7],
    [1, 4],
  ];
  const grid = { rows: 2, columns: 2, channels: 2, values: Float32Array.from(patches.flat()) };
  const { logits } = fakeLogits(grid, ['fake', 'real']);

  it('is what softmax, mean and arg-max of two logits give', () => {
    const found = ensemblesOf(logits);
    expect(found?.vote).toBe(2 / 4);
    expect(found?.beforeSoftmax).toBeCloseTo(softmaxFake([0.7 / 4, 4.2 / 4]), 6);
    expect(found?.afterSoftmax).toBeCloseTo(
      patches.reduce((sum, patch) => sum + softmaxFake(patch) / 4, 0),
      6,
    );
  });

  it('is P(fake) for either class order', () => {
    const swapped = { ...grid, values: Float32Array.from(patches.flatMap(([fake, real]) => [real, fake])) };
    expect(fakeLogits(swapped, ['real', 'fake']).logits).toEqual(logits);
  });

  it('takes a single output for the logit itself', () => {
    const single = { rows: 1, columns: 3, channels: 1, values: Float32Array.of(0, -2, 3) };
    const found = ensemblesOf(fakeLogits(single, ['fake']).logits);
    expect(found?.vote).toBe(2 / 3);
    expect(found?.beforeSoftmax).toBeCloseTo(1 / (1 + Math.exp(-1 / 3)), 12);
  });

  it('passes over patches that nobody looked at', () => {
    expect(ensemblesOf(Float32Array.of(Number.NaN, 1, Number.NaN))).toEqual(ensemblesOf(Float32Array.of(1)));
    expect(ensemblesOf(Float32Array.of(Number.NaN))).toBeNull();
    expect(ensemblesOf(new Float32Array())).toBeNull();
  });

  it('needs as many outputs as classes', () => {
    expect(() => fakeLogits(grid, ['fake'])).toThrow('2 values');
  });
});
