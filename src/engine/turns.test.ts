import { describe, expect, it, vi } from 'vitest';
import type { Network } from '../core/model/network.ts';
import { inTurns } from './turns.ts';

const grid = { rows: 1, columns: 1, logits: Float32Array.of(3) };
const dispose = () => undefined;

describe('a network in turns', () => {
  it('lets its worker finish the task at hand before each tile', async () => {
    const forward = vi.fn<Network['forward']>(async () => grid);
    const network = inTurns({ forward, dispose }, new AbortController().signal);
    for (const tile of [1, 2]) {
      const answer = network.forward(Float32Array.of(tile), 1, 1);
      // As often as one likes: promises alone never end a task.
      for (let turn = 0; turn < 1000; turn++) await null;
      expect(forward).toHaveBeenCalledTimes(tile - 1);
      expect(await answer).toBe(grid);
      expect(forward).toHaveBeenLastCalledWith(Float32Array.of(tile), 1, 1);
    }
  });

  it('begins no tile after it was told to stop, alone or in batches', async () => {
    const forward = vi.fn<Network['forward']>(async () => grid);
    const forwardBatch = vi.fn(async () => [grid]);
    const abort = new AbortController();
    const network = inTurns({ forward, forwardBatch, dispose }, abort.signal);
    const first = network.forward(Float32Array.of(1), 1, 1);
    const batch = network.forwardBatch?.([Float32Array.of(2)], 1, 1);
    abort.abort();
    await expect(first).rejects.toBe(abort.signal.reason);
    await expect(batch).rejects.toBe(abort.signal.reason);
    expect(forward).not.toHaveBeenCalled();
    expect(forwardBatch).not.toHaveBeenCalled();
  });

  it('offers batches only where the network does', () => {
    const { signal } = new AbortController();
    expect(inTurns({ forward: async () => grid, dispose }, signal).forwardBatch).toBeUndefined();
  });
});
