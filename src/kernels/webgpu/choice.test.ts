import { describe, expect, it } from 'vitest';
import type { NetworkKernels } from '../../core/model/network.ts';
import { type Candidate, fasterOf } from './choice.ts';

interface Behaviour {
  /** Duration of each run, the first one first; the last one repeats. */
  durationsMs: number[];
  logits?: number[];
  /** The run that throws, counted from 1; 0 is building. */
  failsAt?: number;
}

/** Networks that take as long as they are told, by a clock that only they move. */
function staged(behaviours: { own: Behaviour; stock: Behaviour }) {
  let clockMs = 0;
  const alive: string[] = [];
  const build = (kind: NetworkKernels): Candidate & { kind: NetworkKernels } => {
    const { durationsMs, logits = [1, 2], failsAt } = behaviours[kind];
    const left = [...durationsMs];
    let runs = 0;
    if (failsAt === 0) throw new Error('no memory');
    alive.push(kind);
    return {
      kind,
      run: async () => {
        runs += 1;
        if (runs === failsAt) throw new Error('no such shader');
        clockMs += (left.length > 1 ? left.shift() : left[0]) ?? 0;
        return logits;
      },
      dispose: () => void alive.splice(alive.indexOf(kind), 1),
    };
  };
  return { choice: fasterOf(build, () => clockMs), alive };
}

describe('fasterOf', () => {
  it('keeps the own kernels where they are faster, compiling and hiccups aside', async () => {
    const own = { durationsMs: [500, 8, 8, 90, 8] };
    const { choice, alive } = staged({ own, stock: { durationsMs: [10] } });
    expect(await choice).toMatchObject({ kernels: 'own', chosen: { kind: 'own' } });
    expect((await choice).medianMs).toEqual({ own: 8, stock: 10 });
    expect(alive).toEqual(['own']);
  });

  it.each<[string, Behaviour]>([
    ['slower', { durationsMs: [11] }],
    ['wrong', { durationsMs: [1], logits: [1, 2.01] }],
    ['of another size', { durationsMs: [1], logits: [1] }],
    ['not a number', { durationsMs: [1], logits: [1, Number.NaN] }],
    ['impossible to build', { durationsMs: [1], failsAt: 0 }],
    ['failing', { durationsMs: [1], failsAt: 1 }],
    ['failing later', { durationsMs: [1], failsAt: 4 }],
  ])('keeps tfjs’s kernels where the own ones are %s', async (_name, own) => {
    const { choice, alive } = staged({ own, stock: { durationsMs: [10] } });
    expect(await choice).toMatchObject({ kernels: 'stock', chosen: { kind: 'stock' } });
    expect(alive).toEqual(['stock']);
  });

  it.each([1, 3])(
    'rejects when tfjs’s kernels fail in run %i, and leaves nothing behind',
    async (failsAt) => {
      const { choice, alive } = staged({
        own: { durationsMs: [1] },
        stock: { durationsMs: [10], failsAt },
      });
      await expect(choice).rejects.toThrow('no such shader');
      expect(alive).toEqual([]);
    },
  );
});
