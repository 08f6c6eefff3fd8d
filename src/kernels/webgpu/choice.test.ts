import { getKernel } from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { SEPARABLE_KERNEL } from '../../core/model/separable.ts';
import { type Candidate, fasterOf } from './choice.ts';
import { unregisterSeparable } from './separable.ts';

/** tfjs returns undefined for a kernel that is not registered, whatever its types say. */
const isRegistered = () => (getKernel(SEPARABLE_KERNEL, 'webgpu') as unknown) !== undefined;

interface Behaviour {
  /** Duration of each run, the first one first; the last one repeats. */
  durationsMs: number[];
  logits?: number[];
  fails?: boolean;
}

/** Networks that take as long as they are told, by a clock that only they move. */
function staged(behaviours: { own: Behaviour; stock: Behaviour }) {
  let clockMs = 0;
  const disposed: string[] = [];
  const build = (): Candidate & { kind: 'own' | 'stock' } => {
    const kind = isRegistered() ? 'own' : 'stock';
    const { durationsMs, logits = [1, 2], fails = false } = behaviours[kind];
    const left = [...durationsMs];
    return {
      kind,
      run: async () => {
        if (fails) throw new Error('no such shader');
        clockMs += (left.length > 1 ? left.shift() : left[0]) ?? 0;
        return logits;
      },
      dispose: () => void disposed.push(kind),
    };
  };
  return { choice: fasterOf(build, () => clockMs), disposed };
}

afterEach(unregisterSeparable);

describe('fasterOf', () => {
  it('keeps the own kernels where they are faster, compiling and hiccups aside', async () => {
    const own = { durationsMs: [500, 8, 8, 90, 8] };
    const { choice, disposed } = staged({ own, stock: { durationsMs: [10] } });
    expect(await choice).toMatchObject({ kernels: 'own', chosen: { kind: 'own' } });
    expect((await choice).medianMs).toEqual({ own: 8, stock: 10 });
    expect(disposed).toEqual(['stock']);
    expect(isRegistered()).toBe(true);
  });

  it.each([
    ['slower', { durationsMs: [11] }],
    ['wrong', { durationsMs: [1], logits: [1, 2.01] }],
    ['of another size', { durationsMs: [1], logits: [1] }],
    ['not a number', { durationsMs: [1], logits: [1, Number.NaN] }],
    ['failing', { durationsMs: [1], fails: true }],
  ])('keeps tfjs’s kernels where the own ones are %s', async (_name, own) => {
    const { choice, disposed } = staged({ own, stock: { durationsMs: [10] } });
    expect(await choice).toMatchObject({ kernels: 'stock', chosen: { kind: 'stock' } });
    expect(disposed).toEqual(['own']);
    expect(isRegistered()).toBe(false);
  });
});
