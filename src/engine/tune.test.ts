import { describe, expect, it, vi } from 'vitest';
import { starterCard } from '../../test/support/starter.ts';
import { startBackend } from '../../test/support/tensorflow.ts';
import { expectedTensors } from '../core/model/expected-tensors.ts';
import { goldenInput } from '../core/model/golden.ts';
import type { Layer } from '../core/model/layer.ts';
import { buildNetwork, type Network, type NetworkKernels } from '../core/model/network.ts';
import { type Choose, tunable } from './tune.ts';

const SEPARABLE: Layer[] = [
  { op: 'conv', name: 'wide', in: 3, out: 8, kernel: 1, stride: 1, bias: false },
  { op: 'depthwiseConv', name: 'deep', channels: 8, kernel: 3, stride: 1, padding: 1, bias: false },
  { op: 'conv', name: 'point', in: 8, out: 4, kernel: 1, stride: 1, bias: false },
  { op: 'conv', name: 'head', in: 4, out: 1, kernel: 1, stride: 1, bias: false },
];
const PLAIN: Layer[] = [{ op: 'conv', name: 'head', in: 3, out: 1, kernel: 1, stride: 1, bias: false }];

/** The proven network of a card with these layers, on a backend that every Node has; counts what is disposed. */
async function staged(layers: Layer[]) {
  const tf = await startBackend('wasm');
  const weights = new Map(
    expectedTensors(layers).map(({ name, shape }) => {
      const length = shape.reduce((product, side) => product * side, 1);
      const values = Float32Array.from({ length }, (_, index) => Math.sin(index + 1) / 10);
      return [name, { shape: [...shape], values }];
    }),
  );
  const built = buildNetwork(tf, { layers }, weights, 'stock');
  if (!built.ok) throw new Error(built.failure.message);
  const { input } = starterCard.golden;
  const forward = (network: Network) =>
    network.forward(goldenInput({ input }), input.heightPx, input.widthPx);
  const { rows, columns, logits } = await forward(built.value);
  const golden = { ...starterCard.golden, rows, columns, logits: [...logits] };
  const dispose = vi.fn(built.value.dispose);
  return {
    tf,
    forward,
    stock: { ...built.value, dispose },
    model: { card: { ...starterCard, layers, golden }, weights },
  };
}

const medianMs = { own: 1, stock: 2 };
const chooses =
  (kernels: NetworkKernels): Choose =>
  async (build) => ({ chosen: build(kernels), kernels, medianMs });

describe('tunable', () => {
  it('goes over to the faster kernels and lets the others go', async () => {
    const { tf, forward, stock, model } = await staged(SEPARABLE);
    const { network, tune } = tunable(tf, stock, model, chooses('own'));
    const first = await forward(network);
    const held = tf.memory().numTensors;
    expect(await tune()).toBe('own');
    expect(stock.dispose).toHaveBeenCalledOnce();
    expect(tf.memory().numTensors).toBe(held);
    expect(await forward(network)).toEqual(first);
  });

  it('stays with tfjs where that is faster', async () => {
    const { tf, forward, stock, model } = await staged(SEPARABLE);
    const { network, tune } = tunable(tf, stock, model, chooses('stock'));
    expect(await tune()).toBe('stock');
    expect(stock.dispose).not.toHaveBeenCalled();
    expect((await forward(network)).logits).toHaveLength(model.card.golden.logits.length);
  });

  it('stays with tfjs, and keeps nothing, where the faster kernels do not give the golden logits', async () => {
    const { tf, stock, model } = await staged(SEPARABLE);
    const [first = 0, ...logits] = model.card.golden.logits;
    const card = { ...model.card, golden: { ...model.card.golden, logits: [first + 1, ...logits] } };
    const held = tf.memory().numTensors;
    const { tune } = tunable(tf, stock, { ...model, card }, chooses('own'));
    expect(await tune()).toBe('stock');
    expect(stock.dispose).not.toHaveBeenCalled();
    expect(tf.memory().numTensors).toBe(held);
  });

  it('stays with tfjs where the choice breaks', async () => {
    const { tf, stock, model } = await staged(SEPARABLE);
    const { tune } = tunable(tf, stock, model, () => Promise.reject(new Error('device lost')));
    expect(await tune()).toBe('stock');
    expect(stock.dispose).not.toHaveBeenCalled();
  });

  it('does not look for kernels for networks that there are none for', async () => {
    const { tf, stock, model } = await staged(PLAIN);
    const choose = vi.fn(chooses('own'));
    expect(await tunable(tf, stock, model, choose).tune()).toBe('stock');
    expect(choose).not.toHaveBeenCalled();
  });
});
