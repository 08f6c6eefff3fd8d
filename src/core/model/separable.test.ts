import type { Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startBackend } from '../../../test/support/tensorflow.ts';
import { detectorNamed } from '../backbones/detectors.ts';
import { expectedTensors } from './expected-tensors.ts';
import { branchesOf, type Layer } from './layer.ts';
import { buildLayers, type NetworkKernels, type TensorFlow } from './network.ts';
import { hasSeparable, SEPARABLE_KERNEL, separableAt } from './separable.ts';

type Depthwise = Extract<Layer, { op: 'depthwiseConv' }>;
type Convolution = Extract<Layer, { op: 'conv' }>;

const deep: Depthwise = {
  ...{ op: 'depthwiseConv', name: 'deep', channels: 8, kernel: 3, stride: 1, padding: 1, bias: false },
};
const point: Convolution = {
  ...{ op: 'conv', name: 'point', in: 8, out: 12, kernel: 1, stride: 1, bias: true, activation: 'relu' },
};

describe('a network', () => {
  const layers: Layer[] = [
    { op: 'conv', name: 'wide', in: 3, out: 8, kernel: 1, stride: 1, bias: false },
    { op: 'residual', main: [deep, { ...point, out: 8 }], skip: [] },
  ];
  const weights = new Map(
    expectedTensors(layers).map(({ name, shape }) => {
      const values = new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(0.1);
      return [name, { shape: [...shape], values }];
    }),
  );

  it.each<[NetworkKernels, number]>([
    ['own', 1],
    ['stock', 0],
  ])('with %s kernels asks for the separable one %i times', async (kernels, times) => {
    const tf = await startBackend('wasm');
    const asked: string[] = [];
    const handle = {
      ...tf,
      getKernel: (name: string) => (name === SEPARABLE_KERNEL ? {} : undefined),
      engine: () => ({
        runKernel: (name: string, { x }: { x: Tensor4D }) => {
          asked.push(name);
          return tf.clone(x);
        },
      }),
    } as unknown as TensorFlow;
    const built = buildLayers(handle, layers, weights, kernels);
    if (!built.ok) throw new Error(built.failure.message);
    expect(hasSeparable(layers)).toBe(true);
    await built.value.run(new Float32Array(12 * 12 * 3), 12, 12);
    built.value.dispose();
    expect(asked).toEqual(new Array(times).fill(SEPARABLE_KERNEL));
  });
});

describe('separableAt', () => {
  it('takes a depthwise and a 1x1 convolution together, with the ReLU before them', () => {
    const layers: Layer[] = [{ op: 'relu' }, deep, point, { op: 'relu' }];
    expect(separableAt(layers, 0)).toEqual({
      length: 3,
      leadingRelu: true,
      depthwise: deep,
      pointwise: point,
    });
    expect(separableAt(layers, 1)).toEqual({
      length: 2,
      leadingRelu: false,
      depthwise: deep,
      pointwise: point,
    });
    expect(separableAt(layers, 2)).toBeNull();
    expect(separableAt(layers, 3)).toBeNull();
  });

  it.each<[string, Layer[]]>([
    ['a stride', [{ ...deep, stride: 2 }, point]],
    ['a bias in between', [{ ...deep, bias: true }, point]],
    ['a ReLU in between', [{ ...deep, activation: 'relu' }, point]],
    ['a layer in between', [deep, { op: 'relu' }, point]],
    ['a second convolution that is not 1x1', [deep, { ...point, kernel: 3 }]],
    ['a second convolution with a stride', [deep, { ...point, stride: 2 }]],
    ['a second convolution that pads', [deep, { ...point, padding: 1 }]],
    ['channels that do not come in fours', [deep, { ...point, out: 2 }]],
    ['nothing after it', [deep]],
  ])('leaves layers with %s alone', (_name, layers) => {
    expect(separableAt(layers, 0)).toBeNull();
  });

  it('finds every separable convolution of Xception', () => {
    const found = (layers: readonly Layer[]): number =>
      layers.reduce(
        (sum, layer, index) =>
          sum +
          (layer.op === 'depthwiseConv' && separableAt(layers, index) !== null ? 1 : 0) +
          (branchesOf(layer) ?? []).reduce((inner, branch) => inner + found(branch), 0),
        0,
      );
    const xception = detectorNamed('xception_block12')?.layers.filter(({ op }) => op !== 'batchNorm');
    // Three blocks of two, eight of three, and two in block12.
    expect(found((xception ?? []) as Layer[])).toBe(3 * 2 + 8 * 3 + 2);
  });
});
