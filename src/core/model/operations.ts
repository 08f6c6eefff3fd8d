/** What each layer does to a tensor [1, rows, columns, channels] on a given tfjs handle. */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { assertNever } from '../result.ts';
import { dilatedSize, type Layer } from './layer.ts';
import type { Weights, WeightTensor } from './safetensors.ts';
import { hasSeparableKernel, separableAt, separableOperation } from './separable.ts';

export type TensorFlow = typeof import('@tensorflow/tfjs-core');

/** Telltale's kernels, where the backend has them registered, or tfjs's alone. */
export type NetworkKernels = 'own' | 'stock';

/** Returns a new tensor and leaves its input alone. */
type Step = (input: Tensor4D) => Tensor4D;

/** A layer on a backend, holding its weights there. */
export interface Operation {
  apply: Step;
  /** Frees what it holds on the device. */
  dispose: () => void;
}

type Convolution = Extract<Layer, { op: 'conv' }>;
type DepthwiseConvolution = Extract<Layer, { op: 'depthwiseConv' }>;

const holdsNothing = () => undefined;
const pure = (apply: Step): Operation => ({ apply, dispose: holdsNothing });

/** The operation of `layer`, its weights uploaded; they are known to be there and to have the right shapes. */
export function buildOperation(
  tf: TensorFlow,
  layer: Layer,
  weights: Weights,
  kernels: NetworkKernels,
): Operation {
  switch (layer.op) {
    case 'conv':
    case 'depthwiseConv':
      return convolution(tf, layer, weights);
    case 'relu':
      return pure((x) => tf.relu(x));
    case 'clamp':
      return pure((x) => tf.clipByValue(x, layer.min, layer.max));
    case 'scale':
      return pure((x) => tf.mul(x, layer.factor));
    case 'normalize':
      return normalization(tf, layer);
    case 'maxPool':
      return pure((x) => tf.maxPool(x, layer.size, layer.stride, layer.padding ?? 0));
    case 'averagePool':
      return pure((x) => tf.avgPool(x, layer.size, layer.stride, 'valid'));
    case 'crop':
      return pure((x) => crop(tf, x, layer.margin));
    case 'nearestResidual':
      return pure((x) => nearestResidual(tf, x, layer.factor));
    case 'diagonalBand':
      return pure((x) => diagonalBand(tf, x));
    case 'residual':
      return residual(tf, layer, weights, kernels);
    case 'concat':
      return concatenation(tf, layer, weights, kernels);
    default:
      return assertNever(layer);
  }
}

/** `layers` one after the other; what lies between them is freed as soon as the next one has it. */
export function buildSequence(
  tf: TensorFlow,
  layers: readonly Layer[],
  weights: Weights,
  kernels: NetworkKernels,
): Operation {
  const operations = operationsOf(tf, layers, weights, kernels);
  return {
    apply: (input) => {
      let current = input;
      for (const { apply } of operations) {
        const next = apply(current);
        if (current !== input) current.dispose();
        current = next;
      }
      return current;
    },
    dispose: () => {
      for (const { dispose } of operations) dispose();
    },
  };
}

/** One operation a layer, or for several where the backend has a kernel that takes them together. */
function operationsOf(
  tf: TensorFlow,
  layers: readonly Layer[],
  weights: Weights,
  kernels: NetworkKernels,
): Operation[] {
  const fuses = kernels === 'own' && hasSeparableKernel(tf);
  const operations: Operation[] = [];
  for (let index = 0; index < layers.length; ) {
    const [layer] = layers.slice(index, index + 1);
    if (layer === undefined) break;
    const separable = fuses ? separableAt(layers, index) : null;
    operations.push(
      separable === null
        ? buildOperation(tf, layer, weights, kernels)
        : separableOperation(tf, separable, weights),
    );
    index += separable?.length ?? 1;
  }
  return operations;
}

function tensorOf(weights: Weights, name: string): WeightTensor {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new Error(`weights ${name} were not checked`);
  return tensor;
}

function convolution(tf: TensorFlow, layer: Convolution | DepthwiseConvolution, weights: Weights): Operation {
  // tfjs dilates only at stride 1; a kernel with its zeros written out is the same convolution.
  const spread = layer.stride > 1 ? (layer.dilation ?? 1) : 1;
  const side = dilatedSize(layer.kernel, spread);
  const { values } = tensorOf(weights, `${layer.name}.weight`);
  const dense = spread > 1 ? spreadKernel(values, layer.kernel, spread) : values;
  const bias = layer.bias ? tf.tensor1d(tensorOf(weights, `${layer.name}.bias`).values) : null;
  const filter = tf.tidy(() => {
    const [out, into] = layer.op === 'conv' ? [layer.out, layer.in] : [layer.channels, 1];
    const order = layer.op === 'conv' ? [2, 3, 1, 0] : [2, 3, 0, 1];
    return tf.transpose(tf.tensor4d(dense, [out, into, side, side]), order);
  });
  const options = {
    filter,
    strides: layer.stride,
    pad: layer.padding ?? 0,
    dilations: spread > 1 ? 1 : (layer.dilation ?? 1),
    ...(bias === null ? {} : { bias }),
    ...(layer.activation === undefined ? {} : { activation: layer.activation }),
  };
  return {
    apply: (x) =>
      layer.op === 'conv' ? tf.fused.conv2d({ x, ...options }) : tf.fused.depthwiseConv2d({ x, ...options }),
    dispose: () => {
      filter.dispose();
      bias?.dispose();
    },
  };
}

/** Square kernels of `side` cells, row-major, with `dilation - 1` zeros between their cells. */
function spreadKernel(values: Float32Array, side: number, dilation: number): Float32Array {
  const wide = dilatedSize(side, dilation);
  const spread = new Float32Array((values.length / side ** 2) * wide ** 2);
  for (const [index, value] of values.entries()) {
    const kernel = Math.floor(index / side ** 2);
    const row = Math.floor((index % side ** 2) / side);
    spread[kernel * wide ** 2 + row * dilation * wide + (index % side) * dilation] = value;
  }
  return spread;
}

function normalization(tf: TensorFlow, { mean, std }: Extract<Layer, { op: 'normalize' }>): Operation {
  const factor = tf.tensor1d(std.map((value) => 1 / (255 * value)));
  const offset = tf.tensor1d(mean.map((value, channel) => -value / (std[channel] ?? 1)));
  return {
    apply: (x) => tf.tidy(() => tf.add(tf.mul(x, factor), offset)),
    dispose: () => {
      factor.dispose();
      offset.dispose();
    },
  };
}

function residual(
  tf: TensorFlow,
  layer: Extract<Layer, { op: 'residual' }>,
  weights: Weights,
  kernels: NetworkKernels,
): Operation {
  const main = buildSequence(tf, layer.main, weights, kernels);
  const skip = buildSequence(tf, layer.skip, weights, kernels);
  return {
    apply: (x) =>
      tf.tidy(() => {
        const [long, short] = [main.apply(x), skip.apply(x)];
        // tfjs would stretch a side of one cell without a word.
        if (!sameGrid(long, short)) throw new Error('branches of different sizes');
        return tf.add(long, short);
      }),
    dispose: () => {
      main.dispose();
      skip.dispose();
    },
  };
}

function concatenation(
  tf: TensorFlow,
  layer: Extract<Layer, { op: 'concat' }>,
  weights: Weights,
  kernels: NetworkKernels,
): Operation {
  const branches = layer.branches.map((branch) => buildSequence(tf, branch, weights, kernels));
  return {
    apply: (x) =>
      tf.tidy(() =>
        tf.concat(
          branches.map(({ apply }) => apply(x)),
          3,
        ),
      ),
    dispose: () => {
      for (const { dispose } of branches) dispose();
    },
  };
}

const sameGrid = (a: Tensor4D, b: Tensor4D): boolean =>
  a.shape[1] === b.shape[1] && a.shape[2] === b.shape[2];

function crop(tf: TensorFlow, x: Tensor4D, margin: number): Tensor4D {
  const [batch, rows, columns, channels] = x.shape;
  return tf.slice(x, [0, margin, margin, 0], [batch, rows - 2 * margin, columns - 2 * margin, channels]);
}

/** As Tan et al. (2024) publish it: nearest-neighbour to half the size and back, subtracted. */
function nearestResidual(tf: TensorFlow, x: Tensor4D, factor: number): Tensor4D {
  return tf.tidy(() => {
    const [batch, rows, columns, channels] = x.shape;
    const half: [number, number] = [Math.floor(rows / 2), Math.floor(columns / 2)];
    const even: [number, number] = [half[0] * 2, half[1] * 2];
    const whole = even[0] === rows && even[1] === columns;
    const kept = whole ? x : tf.slice(x, [0, 0, 0, 0], [batch, ...even, channels]);
    const coarse = tf.image.resizeNearestNeighbor(tf.image.resizeNearestNeighbor(kept, half), even);
    return tf.mul(tf.sub(kept, coarse), factor);
  });
}

/**
 * As SAFE publishes it. Of the six taps of bior1.3's high-pass filter only the middle two are not zero, -+1/sqrt(2), so
 * the band is half the checkerboard difference of 2 x 2 cells, the first of which lies in the reflected border.
 */
function diagonalBand(tf: TensorFlow, x: Tensor4D): Tensor4D {
  return tf.tidy(() => {
    const [, rows, columns, channels] = x.shape;
    const border = (length: number): [number, number] => [2, 2 + (length % 2)];
    const padded = tf.mirrorPad(x, [[0, 0], border(rows), border(columns), [0, 0]], 'symmetric');
    const checkerboard = [0.5, -0.5, -0.5, 0.5].flatMap((tap) => new Array<number>(channels).fill(tap));
    const filter = tf.tensor4d(checkerboard, [2, 2, channels, 1]);
    const band = tf.depthwiseConv2d(padded, filter, 2, 'valid');
    return tf.image.resizeBilinear(band, [rows, columns], false, true);
  });
}
