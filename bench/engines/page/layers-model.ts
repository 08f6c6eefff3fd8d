/** A list of layers as a tfjs layers model, as a user of tfjs would write it. */
import * as tf from '@tensorflow/tfjs';
import type { Layer } from '../../../src/core/model/layer.ts';
import type { Weights } from '../../../src/core/model/safetensors.ts';
import { assertNever } from '../../../src/core/result.ts';

type Symbolic = tf.SymbolicTensor;
type Convolution = Extract<Layer, { op: 'conv' | 'depthwiseConv' }>;

/** The model for input [batch, size, size, 3], RGB 0..255, with the weights in it. */
export function layersModel(
  { layers, weights }: { layers: readonly Layer[]; weights: Weights },
  sizePx: number,
): tf.LayersModel {
  const input = tf.input({ shape: [sizePx, sizePx, 3] });
  const connect = connector(weights);
  return tf.model({ inputs: input, outputs: sequence(layers, input, connect) });
}

type Connect = (layer: Layer, input: Symbolic) => Symbolic;

const sequence = (layers: readonly Layer[], input: Symbolic, connect: Connect): Symbolic =>
  layers.reduce((current, layer) => connect(layer, current), input);

function connector(weights: Weights): Connect {
  const connect: Connect = (layer, input) => {
    switch (layer.op) {
      case 'conv':
      case 'depthwiseConv':
        return convolution(layer, input, weights);
      case 'relu':
        return apply(tf.layers.reLU(), input);
      case 'clamp':
        return custom(input, (x) => tf.clipByValue(x, layer.min, layer.max));
      case 'scale':
        return custom(input, (x) => tf.mul(x, layer.factor));
      case 'normalize':
        return custom(input, (x) => normalized(x, layer));
      case 'maxPool':
        // The layers library's padding is asymmetric for even sides; the operation can do what PyTorch does.
        return custom(
          input,
          (x) => tf.maxPool(x, layer.size, layer.stride, layer.padding ?? 0),
          (length) => Math.floor((length + 2 * (layer.padding ?? 0) - layer.size) / layer.stride) + 1,
        );
      case 'averagePool':
        return apply(
          tf.layers.averagePooling2d({ poolSize: layer.size, strides: layer.stride, padding: 'valid' }),
          input,
        );
      case 'crop': {
        const both: [number, number] = [layer.margin, layer.margin];
        return apply(tf.layers.cropping2D({ cropping: [both, both] }), input);
      }
      case 'residual':
        return joined(tf.layers.add(), [
          sequence(layer.main, input, connect),
          sequence(layer.skip, input, connect),
        ]);
      case 'concat':
        return joined(
          tf.layers.concatenate({ axis: -1 }),
          layer.branches.map((branch) => sequence(branch, input, connect)),
        );
      case 'nearestResidual':
      case 'diagonalBand':
        throw new Error(`${layer.op} has no counterpart among the layers of tfjs`);
      default:
        return assertNever(layer);
    }
  };
  return connect;
}

function convolution(layer: Convolution, input: Symbolic, weights: Weights): Symbolic {
  const padding = layer.padding ?? 0;
  const keepsSize = layer.stride === 1 && 2 * padding === (layer.kernel - 1) * (layer.dilation ?? 1);
  const widened =
    padding > 0 && !keepsSize
      ? apply(tf.layers.zeroPadding2d({ padding: [padding, padding] }), input)
      : input;
  const common = {
    kernelSize: layer.kernel,
    strides: layer.stride,
    padding: keepsSize ? ('same' as const) : ('valid' as const),
    dilationRate: layer.dilation ?? 1,
    useBias: layer.bias,
    ...(layer.activation === undefined ? {} : { activation: layer.activation }),
  };
  const made =
    layer.op === 'conv'
      ? tf.layers.conv2d({ ...common, filters: layer.out })
      : tf.layers.depthwiseConv2d(common);
  const output = apply(made, widened);
  const order = layer.op === 'conv' ? [2, 3, 1, 0] : [2, 3, 0, 1];
  const tensors = [tf.transpose(tensorOf(weights, `${layer.name}.weight`), order)];
  if (layer.bias) tensors.push(tensorOf(weights, `${layer.name}.bias`));
  made.setWeights(tensors);
  return output;
}

function tensorOf(weights: Weights, name: string): tf.Tensor {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new Error(`no weights ${name}`);
  return tf.tensor(tensor.values, tensor.shape);
}

function normalized(x: tf.Tensor4D, { mean, std }: Extract<Layer, { op: 'normalize' }>): tf.Tensor4D {
  const factor = tf.tensor1d(std.map((value) => 1 / (255 * value)));
  const offset = tf.tensor1d(mean.map((value, channel) => -value / (std[channel] ?? 1)));
  return tf.add(tf.mul(x, factor), offset);
}

function apply(layer: tf.layers.Layer, input: Symbolic): Symbolic {
  const output = layer.apply(input);
  if (Array.isArray(output) || output instanceof tf.Tensor) throw new Error('a layer has one output');
  return output;
}

function joined(layer: tf.layers.Layer, inputs: Symbolic[]): Symbolic {
  const output = layer.apply(inputs);
  if (Array.isArray(output) || output instanceof tf.Tensor) throw new Error('a layer has one output');
  return output;
}

/** An operation that the layers library has no layer for. */
class Custom extends tf.layers.Layer {
  static readonly className = 'Custom';
  readonly #operation: (x: tf.Tensor4D) => tf.Tensor;
  readonly #lengthAfter: (length: number) => number;

  constructor(operation: (x: tf.Tensor4D) => tf.Tensor, lengthAfter: (length: number) => number) {
    super({});
    this.#operation = operation;
    this.#lengthAfter = lengthAfter;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [input] = Array.isArray(inputs) ? inputs : [inputs];
    return tf.tidy(() => this.#operation(input as tf.Tensor4D));
  }

  override computeOutputShape(shape: tf.Shape): tf.Shape {
    const [batch = null, rows, columns, channels = null] = shape;
    return [batch, this.#lengthAfter(rows ?? 0), this.#lengthAfter(columns ?? 0), channels];
  }
}

const custom = (
  input: Symbolic,
  operation: (x: tf.Tensor4D) => tf.Tensor,
  lengthAfter = (length: number) => length,
): Symbolic => apply(new Custom(operation, lengthAfter), input);
