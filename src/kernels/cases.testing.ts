/** Networks for tests: every kind of layer, with the neighbours that change its step. */
import { expectedTensors } from '../core/model/expected-tensors.ts';
import type { Layer } from '../core/model/layer.ts';
import type { Weights, WeightTensor } from '../core/model/safetensors.ts';

/** Numbers in -1..1 that look random and are the same everywhere. */
export function noise(length: number, seed: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => {
    const wave = Math.sin((index + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return (wave - Math.floor(wave)) * 2 - 1;
  });
}

/** Weights of the right shapes, small enough that no sum runs away. */
export function weightsFor(layers: readonly Layer[]): Weights {
  const weights = new Map<string, WeightTensor>();
  for (const { name, shape } of expectedTensors(layers)) {
    const length = shape.reduce((product, side) => product * side, 1);
    const inputs = Math.max(1, length / (shape[0] ?? 1));
    // Layers must not share numbers, or one's weights could stand in for another's.
    const seed = [...name].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 1);
    const values = noise(length, seed).map((value) => (value * 1.7) / Math.sqrt(inputs));
    weights.set(name, { shape: [...shape], values });
  }
  return weights;
}

let counter = 0;
/** A 3x3 convolution unless told otherwise. */
export const conv = (
  into: number,
  out: number,
  options: Partial<Extract<Layer, { op: 'conv' }>> = {},
): Layer => ({
  op: 'conv',
  name: `conv${counter++}`,
  in: into,
  out,
  kernel: 3,
  stride: 1,
  bias: true,
  ...options,
});
const depthwise = (
  channels: number,
  options: Partial<Extract<Layer, { op: 'depthwiseConv' }>> = {},
): Layer => ({
  op: 'depthwiseConv',
  name: `depthwise${counter++}`,
  channels,
  kernel: 3,
  stride: 1,
  padding: 1,
  bias: true,
  ...options,
});
const NORMALIZE: Layer = { op: 'normalize', mean: [0.4, 0.5, 0.6], std: [0.2, 0.3, 0.25] };
const RELU: Layer = { op: 'relu' };
export const pointwise = (into: number, out: number, options = {}): Layer =>
  conv(into, out, { kernel: 1, ...options });
/** To that many channels. */
export const widen = (channels: number): Layer[] => [NORMALIZE, pointwise(3, channels)];

/** Every layer kind with the neighbours that change its step. */
export const CASES: Record<string, Layer[]> = {
  'nothing but one convolution': [conv(3, 8)],
  'a head of one output': [NORMALIZE, conv(3, 5), pointwise(5, 1)],
  'two outputs': [NORMALIZE, conv(3, 24, { activation: 'relu' }), pointwise(24, 2)],
  'three and five channels': [NORMALIZE, conv(3, 5), RELU, conv(5, 3)],
  '728 channels': [...widen(728), pointwise(728, 24)],
  'padding on the picture': [conv(3, 9, { padding: 1 })],
  'padding after normalization': [
    NORMALIZE,
    conv(3, 12, { kernel: 7, stride: 2, padding: 3, activation: 'relu' }),
  ],
  'a large kernel on the picture': [conv(3, 20, { kernel: 5, bias: false })],
  'a dilated kernel on the picture': [conv(3, 8, { dilation: 2 })],
  'a dilated kernel': [...widen(6), conv(6, 8, { dilation: 2, padding: 2 })],
  'a dilated kernel with a stride': [...widen(8), conv(8, 12, { dilation: 3, stride: 2, padding: 1 })],
  'an even kernel': [...widen(4), conv(4, 8, { kernel: 2, stride: 2 })],
  'a large kernel': [...widen(8), conv(8, 8, { kernel: 5, padding: 4, bias: false })],
  'a strided 1x1': [...widen(20), pointwise(20, 16, { stride: 2 })],
  'clamp and scale after a convolution': [
    conv(3, 8, { bias: false }),
    { op: 'clamp', min: -24, max: 30 },
    { op: 'scale', factor: 0.125 },
    conv(8, 4),
  ],
  'scale by a negative number': [conv(3, 8), { op: 'clamp', min: -3, max: 30 }, { op: 'scale', factor: -2 }],
  'scale by nothing': [conv(3, 8), { op: 'scale', factor: 0 }],
  'element-wise layers on the picture': [
    { op: 'clamp', min: 20, max: 200 },
    { op: 'scale', factor: 0.1 },
    RELU,
  ],
  'normalization after scale': [{ op: 'scale', factor: 2 }, NORMALIZE],
  'scale after a sum': [
    NORMALIZE,
    { op: 'residual', main: [conv(3, 3, { padding: 1 })], skip: [] },
    { op: 'scale', factor: 0.5 },
  ],
  'a depthwise convolution alone': [...widen(7), depthwise(7, { activation: 'relu' })],
  'a depthwise convolution on the picture': [NORMALIZE, depthwise(3)],
  'a depthwise convolution, strided and dilated': [
    ...widen(12),
    depthwise(12, { stride: 2, dilation: 2, padding: 2 }),
  ],
  'a separable convolution': [...widen(20), depthwise(20, { bias: false }), pointwise(20, 13)],
  'a separable convolution behind relu': [...widen(9), RELU, depthwise(9), pointwise(9, 8), RELU],
  'a separable 7x7': [...widen(8), depthwise(8, { kernel: 7, padding: 3 }), pointwise(8, 8)],
  'a separable 1x1': [...widen(8), depthwise(8, { kernel: 1, padding: 0 }), pointwise(8, 16)],
  'a separable convolution with a stride': [...widen(8), depthwise(8, { stride: 2 }), pointwise(8, 16)],
  'depthwise, then a padded 1x1': [...widen(8), depthwise(8), pointwise(8, 8, { padding: 1 })],
  'max pool with padding': [...widen(10), { op: 'maxPool', size: 3, stride: 2, padding: 1 }],
  'max pool without padding': [...widen(4), { op: 'maxPool', size: 2, stride: 2 }],
  'max pool on the picture': [{ op: 'maxPool', size: 3, stride: 1, padding: 1 }],
  'average pool': [...widen(10), { op: 'averagePool', size: 3, stride: 2 }, conv(10, 8)],
  'average pool of another size': [...widen(4), { op: 'averagePool', size: 4, stride: 3 }, RELU],
  'scale after a pool': [...widen(4), { op: 'averagePool', size: 2, stride: 1 }, { op: 'scale', factor: 3 }],
  'crop and normalization': [{ op: 'crop', margin: 2 }, NORMALIZE, conv(3, 4)],
  'the nearest-neighbour residual': [
    { op: 'nearestResidual', factor: 2 / 3 },
    conv(3, 8, { padding: 1, stride: 2 }),
  ],
  'relu after the nearest-neighbour residual': [{ op: 'nearestResidual', factor: 2 }, RELU],
  'a residual block': [
    ...widen(16),
    RELU,
    {
      op: 'residual',
      main: [conv(16, 16, { padding: 1, activation: 'relu' }), conv(16, 16, { padding: 1 })],
      skip: [],
    },
    RELU,
  ],
  'a residual block with a shortcut': [
    ...widen(8),
    {
      op: 'residual',
      main: [conv(8, 12, { padding: 1, stride: 2, activation: 'relu' }), conv(12, 12, { padding: 1 })],
      skip: [pointwise(8, 12, { stride: 2 })],
    },
    RELU,
    conv(12, 4),
  ],
  'an Xception block': [
    ...widen(8),
    {
      op: 'residual',
      main: [
        RELU,
        depthwise(8, { bias: false }),
        pointwise(8, 12, { activation: 'relu' }),
        depthwise(12, { bias: false }),
        pointwise(12, 12),
        { op: 'maxPool', size: 3, stride: 2, padding: 1 },
      ],
      skip: [pointwise(8, 12, { stride: 2 })],
    },
    {
      op: 'residual',
      main: [RELU, depthwise(12, { bias: false }), pointwise(12, 12)],
      skip: [],
    },
  ],
  'a residual whose main branch is clamped': [
    ...widen(8),
    { op: 'residual', main: [pointwise(8, 8, { activation: 'relu' })], skip: [] },
  ],
  'a residual whose main branch is a depthwise convolution': [
    ...widen(8),
    { op: 'residual', main: [depthwise(8)], skip: [RELU] },
  ],
  'a 3x3 convolution by tiles': [...widen(12), conv(12, 20, { padding: 1, activation: 'relu' }), conv(20, 9)],
  'a 3x3 convolution by tiles in a sum': [
    ...widen(8),
    { op: 'residual', main: [conv(8, 8, { padding: 1 })], skip: [] },
    { op: 'clamp', min: -2, max: 3 },
  ],
  'a 3x3 convolution of a cell with gaps': [...widen(11), conv(11, 8, { bias: false })],
  'padded layers whose margins lie where other tensors lay': [
    ...widen(8),
    conv(8, 24, { padding: 1 }),
    conv(24, 12, { padding: 2 }),
    conv(12, 20, { padding: 1, stride: 2 }),
    conv(20, 8, { padding: 3 }),
    conv(8, 28, { padding: 1 }),
    conv(28, 4, { padding: 1 }),
  ],
  'residuals in a residual': [
    ...widen(8),
    {
      op: 'residual',
      main: [{ op: 'residual', main: [conv(8, 8, { padding: 1 })], skip: [] }, RELU],
      skip: [{ op: 'residual', main: [RELU, pointwise(8, 8)], skip: [pointwise(8, 8)] }],
    },
  ],
  'filters beside the pixels': [
    {
      op: 'concat',
      branches: [
        [
          conv(3, 8, { kernel: 5, bias: false }),
          { op: 'clamp', min: -24, max: 24 },
          { op: 'scale', factor: 0.125 },
        ],
        [{ op: 'crop', margin: 2 }, NORMALIZE],
      ],
    },
    conv(11, 8, { padding: 1 }),
  ],
  'a concat of odd widths': [
    NORMALIZE,
    { op: 'concat', branches: [[pointwise(3, 5)], [], [RELU, pointwise(3, 6)]] },
    depthwise(14),
    pointwise(14, 3),
  ],
  'a concat in a residual': [
    ...widen(8),
    {
      op: 'residual',
      main: [{ op: 'concat', branches: [[pointwise(8, 4)], [conv(8, 4, { padding: 1 })]] }],
      skip: [],
    },
    RELU,
  ],
};
