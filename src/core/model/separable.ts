/** Separable convolutions as one step, on backends with a kernel for them. */
import type { NamedTensorMap, Tensor4D } from '@tensorflow/tfjs-core';
import { branchesOf, type Layer } from './layer.ts';
import type { Operation, TensorFlow } from './operations.ts';
import type { Weights, WeightTensor } from './safetensors.ts';

/**
 * A tfjs kernel of this name takes `x` [batch, rows, columns, channels], `depthwise` [kernel * kernel, channels],
 * `pointwise` [channels, out] and `bias` [out], all float32, and the attributes `SeparableAttributes`.
 */
export const SEPARABLE_KERNEL = 'TelltaleSeparable';

export interface SeparableAttributes {
  kernel: number;
  /** Zeros on every side, after the leading ReLU. */
  padding: number;
  dilation: number;
  /** ReLU before the depthwise and after the pointwise convolution. */
  leadingRelu: boolean;
  relu: boolean;
}

/** Layers that make up a separable convolution of stride 1. */
export interface Separable {
  /** How many layers it takes the place of. */
  length: number;
  leadingRelu: boolean;
  depthwise: Extract<Layer, { op: 'depthwiseConv' }>;
  pointwise: Extract<Layer, { op: 'conv' }>;
}

/** Graphics processors read channels in fours. */
const CHANNELS_AT_ONCE = 4;

/** The separable convolution that begins at `index`: [ReLU,] depthwise, 1x1, [ReLU]; null where there is another layer. */
export function separableAt(layers: readonly Layer[], index: number): Separable | null {
  const leadingRelu = layers[index]?.op === 'relu';
  const from = leadingRelu ? index + 1 : index;
  const [depthwise, pointwise] = layers.slice(from, from + 2);
  if (depthwise?.op !== 'depthwiseConv' || pointwise?.op !== 'conv') return null;
  const isPlain = depthwise.stride === 1 && !depthwise.bias && depthwise.activation === undefined;
  const isPointwise = pointwise.kernel === 1 && pointwise.stride === 1 && (pointwise.padding ?? 0) === 0;
  const isWhole = [depthwise.channels, pointwise.out].every((count) => count % CHANNELS_AT_ONCE === 0);
  if (!isPlain || !isPointwise || !isWhole) return null;
  return { length: from - index + 2, leadingRelu, depthwise, pointwise };
}

/** Whether any of `layers`, or of their branches, is part of a separable convolution. */
export const hasSeparable = (layers: readonly Layer[]): boolean =>
  layers.some(
    (layer, index) =>
      separableAt(layers, index) !== null || (branchesOf(layer) ?? []).some((branch) => hasSeparable(branch)),
  );

/** Whether the current backend has the kernel. */
export const hasSeparableKernel = (tf: TensorFlow): boolean =>
  // tfjs returns undefined for a kernel that is not registered, whatever its types say.
  (tf.getKernel(SEPARABLE_KERNEL, tf.getBackend()) as unknown) !== undefined;

/** The operation of `separable`, its weights uploaded; they are known to be there and to have the right shapes. */
export function separableOperation(tf: TensorFlow, separable: Separable, weights: Weights): Operation {
  const { depthwise, pointwise, leadingRelu } = separable;
  const { channels, kernel } = depthwise;
  const held: NamedTensorMap = tf.tidy(() => ({
    depthwise: tf.transpose(
      tf.tensor2d(valuesOf(weights, `${depthwise.name}.weight`), [channels, kernel * kernel]),
    ),
    pointwise: tf.transpose(
      tf.tensor2d(valuesOf(weights, `${pointwise.name}.weight`), [pointwise.out, channels]),
    ),
    bias: pointwise.bias
      ? tf.tensor1d(valuesOf(weights, `${pointwise.name}.bias`))
      : tf.zeros([pointwise.out]),
  }));
  const attributes: SeparableAttributes = {
    kernel,
    padding: depthwise.padding ?? 0,
    dilation: depthwise.dilation ?? 1,
    leadingRelu,
    relu: pointwise.activation === 'relu',
  };
  return {
    apply: (x) => tf.engine().runKernel(SEPARABLE_KERNEL, { x, ...held }, { ...attributes }) as Tensor4D,
    dispose: () => tf.dispose(held),
  };
}

function valuesOf(weights: Weights, name: string): WeightTensor['values'] {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new Error(`weights ${name} were not checked`);
  return tensor.values;
}
