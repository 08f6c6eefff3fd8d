import { describe, expect, it } from 'vitest';
import { foldNetwork } from './fold.ts';
import type { SourceLayer } from './layer.ts';
import type { WeightTensor } from './safetensors.ts';

const tensor = (shape: number[], values: number[]): WeightTensor => ({
  shape,
  values: Float32Array.from(values),
});
const conv: SourceLayer = { op: 'conv', name: 'a', in: 1, out: 2, kernel: 1, stride: 1, bias: true };
const norm: SourceLayer = { op: 'batchNorm', name: 'n', channels: 2 };
const relu: SourceLayer = { op: 'relu' };
const WEIGHTS = new Map([
  ['a.weight', tensor([2, 1, 1, 1], [3, -2])],
  ['a.bias', tensor([2], [1, 0.5])],
  ['n.weight', tensor([2], [2, -1])],
  ['n.bias', tensor([2], [0.25, 4])],
  ['n.running_mean', tensor([2], [0.5, -3])],
  ['n.running_var', tensor([2], [4 - 1e-5, 0.25 - 1e-5])],
]);

describe('foldNetwork', () => {
  it('keeps what the convolution and its BatchNorm compute', () => {
    const { layers, weights } = foldNetwork([conv, norm, relu], WEIGHTS);
    expect(layers).toEqual([{ ...conv, activation: 'relu' }]);
    // gamma / sqrt(variance + eps) is 1 and -2; for x = 1 the outputs before folding are 4 and -1.5.
    expect([...(weights.get('a.weight')?.values ?? [])]).toEqual([3, 4]);
    expect(weights.get('a.bias')?.values[0]).toBeCloseTo(1 * (1 - 0.5) + 0.25, 6);
    expect(weights.get('a.bias')?.values[1]).toBeCloseTo(-2 * (0.5 + 3) + 4, 6);
    expect([...weights.keys()]).toEqual(['a.weight', 'a.bias']);
    expect([...(WEIGHTS.get('a.weight')?.values ?? [])]).toEqual([3, -2]);
  });

  it('gives a convolution without bias one', () => {
    const { layers, weights } = foldNetwork([{ ...conv, bias: false }, norm], WEIGHTS);
    expect(layers).toEqual([{ ...conv, bias: true }]);
    expect(weights.get('a.bias')?.values[0]).toBeCloseTo(1 * (0 - 0.5) + 0.25, 6);
  });

  it('leaves a ReLU behind a sum where it is, and folds inside the branches', () => {
    const block: SourceLayer = { op: 'residual', main: [relu, conv, norm], skip: [] };
    expect(foldNetwork([block, relu], WEIGHTS).layers).toEqual([
      { op: 'residual', main: [relu, conv], skip: [] },
      relu,
    ]);
  });

  it.each<[string, SourceLayer[]]>([
    ['follows nothing', [norm]],
    ['follows a rectified convolution', [conv, relu, norm]],
    ['follows a sum', [{ op: 'residual', main: [conv], skip: [] }, norm]],
  ])('refuses a BatchNorm that %s', (_name, layers) => {
    expect(() => foldNetwork(layers, WEIGHTS)).toThrow('n follows no convolution');
  });
});
