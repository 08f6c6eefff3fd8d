import { describe, expect, it } from 'vitest';
import { expectedTensors } from '../core/model/expected-tensors.ts';
import type { Layer } from '../core/model/layer.ts';
import type { Weights } from '../core/model/safetensors.ts';
import { lower } from './lower.ts';

const POINTWISE = { op: 'conv', kernel: 1, stride: 1, bias: false } as const;
const DEPTHWISE = { op: 'depthwiseConv', kernel: 3, stride: 1, padding: 1, bias: false } as const;
const RELU: Layer = { op: 'relu' };
const POOL: Layer = { op: 'maxPool', size: 3, stride: 2, padding: 1 };
const NORMALIZE: Layer = { op: 'normalize', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
const stem = (padding: number): Layer => ({
  op: 'conv',
  name: 'stem',
  in: 3,
  out: 8,
  kernel: 3,
  stride: 2,
  padding,
  bias: true,
});

function stepsOf(layers: Layer[]): string[] {
  const weights: Weights = new Map(
    expectedTensors(layers).map(({ name, shape }) => {
      const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
      return [name, { shape: [...shape], values }];
    }),
  );
  const lowered = lower(layers, weights);
  if (lowered === null) throw new Error('not supported');
  return lowered.draft.steps.map((step) => {
    const parts = [
      step.op,
      step.op === 'convolve' && step.taps !== null ? 'depthwise' : '',
      step.op === 'convolve' && step.taps?.relu ? 'relu first' : '',
      step.addend === null ? '' : 'sum',
      step.bounds.low === 0 ? 'relu' : '',
    ];
    return parts.filter((part) => part !== '').join(' + ');
  });
}

/** What makes the kernels fast is that nothing but these steps is left of a network. */
describe('lower', () => {
  it('leaves three steps of an Xception block', () => {
    const block: Layer = {
      op: 'residual',
      main: [
        RELU,
        { ...DEPTHWISE, name: 'a', channels: 8 },
        { ...POINTWISE, name: 'b', in: 8, out: 16, activation: 'relu' },
        { ...DEPTHWISE, name: 'c', channels: 16 },
        { ...POINTWISE, name: 'd', in: 16, out: 16 },
        POOL,
      ],
      skip: [{ ...POINTWISE, name: 'skip', in: 8, out: 16, stride: 2 }],
    };
    expect(stepsOf([stem(0), block])).toEqual([
      'convolve',
      'convolve',
      'convolve + depthwise + relu first + relu',
      'convolve + depthwise',
      'pool + sum',
    ]);
  });

  it('adds and activates within the last convolution of a ResNet block', () => {
    const [name, padding, kernel] = ['conv', 1, 3];
    const block: Layer = {
      op: 'residual',
      main: [{ ...POINTWISE, name, padding, kernel, in: 8, out: 8 }],
      skip: [],
    };
    expect(stepsOf([stem(0), block, RELU])).toEqual(['convolve', 'convolve + sum + relu']);
  });

  it('normalizes within the first convolution unless that pads', () => {
    expect(stepsOf([NORMALIZE, stem(0)])).toEqual(['convolve']);
    expect(stepsOf([NORMALIZE, stem(1)])).toEqual(['map', 'convolve']);
  });

  it('leaves a tensor alone that another branch reads, too', () => {
    const shared: Layer = { op: 'residual', main: [RELU], skip: [] };
    expect(stepsOf([stem(0), shared])).toEqual(['convolve', 'map + relu', 'map + sum']);
    const branches: Layer[][] = [[{ op: 'scale', factor: 2 }], [{ ...POINTWISE, name: 'b', in: 8, out: 8 }]];
    expect(stepsOf([stem(0), { op: 'concat', branches }])).toEqual(['convolve', 'map', 'convolve', 'map']);
  });

  it('has no step for a band that is stretched by the size of the picture', () => {
    expect(lower([{ op: 'diagonalBand' }], new Map())).toBeNull();
    const nested: Layer = { op: 'residual', main: [{ op: 'diagonalBand' }], skip: [] };
    expect(lower([nested], new Map())).toBeNull();
  });
});
