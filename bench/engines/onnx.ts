/** A list of layers as an ONNX model: what a user of ONNX Runtime would export from PyTorch, BatchNorm folded. */
import { channelsAfter } from '../../src/core/model/channels.ts';
import { gridLength } from '../../src/core/model/geometry.ts';
import type { Layer } from '../../src/core/model/layer.ts';
import type { Weights } from '../../src/core/model/safetensors.ts';
import { bytesField, integerField, joined } from './protobuf.ts';
import type { Task } from './task.ts';

/** Field numbers are those of onnx.proto3 (github.com/onnx/onnx), IR version 8, operator set 17. */
const IR_VERSION = 8;
const OPERATOR_SET = 17;
const ATTRIBUTE_TYPE = { int: 2, ints: 7 } as const;
const ELEMENT_TYPE = { float32: 1, int64: 7 } as const;

type Convolution = Extract<Layer, { op: 'conv' | 'depthwiseConv' }>;

/**
 * The ONNX file of `layers` for input `input` [batch, 3, size, size], RGB 0..255, and output `logits`, both of fixed
 * shape so that the runtime may plan its memory. Throws for layers of the residual detectors, which have no plain
 * counterpart.
 */
export function onnxModel(
  { layers, weights }: { layers: readonly Layer[]; weights: Weights },
  { sizePx, batch }: Omit<Task, 'network'>,
): Uint8Array {
  const graph = new GraphBuilder(weights);
  const last = graph.sequence(layers, 'input');
  graph.node('Identity', [last], {}, 'logits');
  const side = gridLength(layers, sizePx);
  const channels = channelsAfter(layers, 3);
  if (!channels.ok) throw new Error(`${channels.failure.where}: ${channels.failure.message}`);
  return joined([
    integerField(1, IR_VERSION),
    bytesField(2, 'telltale-bench'),
    bytesField(7, [
      ...graph.nodes,
      bytesField(2, 'network'),
      ...graph.tensors,
      bytesField(11, valueInfo('input', [batch, 3, sizePx, sizePx])),
      bytesField(12, valueInfo('logits', [batch, channels.value, side, side])),
    ]),
    bytesField(8, [bytesField(1, ''), integerField(2, OPERATOR_SET)]),
  ]);
}

const valueInfo = (name: string, shape: readonly number[]): Uint8Array[] => [
  bytesField(1, name),
  bytesField(2, [
    bytesField(1, [
      integerField(1, ELEMENT_TYPE.float32),
      bytesField(
        2,
        shape.map((length) => bytesField(1, [integerField(1, length)])),
      ),
    ]),
  ]),
];

class GraphBuilder {
  readonly nodes: Uint8Array[] = [];
  readonly tensors: Uint8Array[] = [];
  readonly #weights: Weights;
  #named = 0;

  constructor(weights: Weights) {
    this.#weights = weights;
  }

  /** Appends a node and returns the name of its result. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes: Record<string, number | readonly number[]> = {},
    output = this.#name(operator),
  ): string {
    this.nodes.push(
      bytesField(1, [
        ...inputs.map((input) => bytesField(1, input)),
        bytesField(2, output),
        bytesField(3, `${operator}/${output}`),
        bytesField(4, operator),
        ...Object.entries(attributes).map(([name, value]) => bytesField(5, attribute(name, value))),
      ]),
    );
    return output;
  }

  sequence(layers: readonly Layer[], input: string): string {
    return layers.reduce((current, layer) => this.#layer(layer, current), input);
  }

  #layer(layer: Layer, input: string): string {
    switch (layer.op) {
      case 'conv':
      case 'depthwiseConv':
        return this.#convolution(layer, input);
      case 'relu':
        return this.node('Relu', [input]);
      case 'clamp':
        return this.node('Clip', [input, this.#floats([layer.min], []), this.#floats([layer.max], [])]);
      case 'scale':
        return this.node('Mul', [input, this.#floats([layer.factor], [])]);
      case 'normalize':
        return this.#normalization(layer, input);
      case 'maxPool':
        return this.node('MaxPool', [input], windowOf(layer.size, layer.stride, layer.padding));
      case 'averagePool':
        return this.node('AveragePool', [input], windowOf(layer.size, layer.stride, 0));
      case 'crop':
        return this.#crop(layer.margin, input);
      case 'residual':
        return this.node('Add', [this.sequence(layer.main, input), this.sequence(layer.skip, input)]);
      case 'concat':
        return this.node(
          'Concat',
          layer.branches.map((branch) => this.sequence(branch, input)),
          { axis: 1 },
        );
      default:
        throw new Error(`${layer.op} has no ONNX counterpart here`);
    }
  }

  #convolution(layer: Convolution, input: string): string {
    const names = [`${layer.name}.weight`, ...(layer.bias ? [`${layer.name}.bias`] : [])];
    const result = this.node('Conv', [input, ...names.map((name) => this.#weight(name))], {
      ...windowOf(layer.kernel, layer.stride, layer.padding),
      dilations: [layer.dilation ?? 1, layer.dilation ?? 1],
      group: layer.op === 'depthwiseConv' ? layer.channels : 1,
    });
    return layer.activation === 'relu' ? this.node('Relu', [result]) : result;
  }

  #normalization({ mean, std }: Extract<Layer, { op: 'normalize' }>, input: string): string {
    const shape = [1, 3, 1, 1];
    const levels = this.#floats(
      mean.map((value) => 255 * value),
      shape,
    );
    const spread = this.#floats(
      std.map((value) => 255 * value),
      shape,
    );
    return this.node('Div', [this.node('Sub', [input, levels]), spread]);
  }

  #crop(margin: number, input: string): string {
    const pair = (value: number) => this.#integers([value, value]);
    return this.node('Slice', [input, pair(margin), pair(-margin), this.#integers([2, 3])]);
  }

  #weight(name: string): string {
    const tensor = this.#weights.get(name);
    if (tensor === undefined) throw new Error(`no weights ${name}`);
    return this.#floats(tensor.values, tensor.shape, name);
  }

  #floats(values: ArrayLike<number>, shape: readonly number[], name = this.#name('constant')): string {
    return this.#tensor(name, shape, { type: 'float32', data: Float32Array.from(values) });
  }

  #integers(values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.#tensor(this.#name('constant'), [values.length], { type: 'int64', data });
  }

  #tensor(
    name: string,
    shape: readonly number[],
    { type, data }: { type: keyof typeof ELEMENT_TYPE; data: Float32Array | BigInt64Array },
  ): string {
    this.tensors.push(
      bytesField(5, [
        ...shape.map((length) => integerField(1, length)),
        integerField(2, ELEMENT_TYPE[type]),
        bytesField(8, name),
        bytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
      ]),
    );
    return name;
  }

  #name(kind: string): string {
    this.#named += 1;
    return `${kind.toLowerCase()}${this.#named}`;
  }
}

const windowOf = (side: number, stride: number, padding = 0) => ({
  kernel_shape: [side, side],
  strides: [stride, stride],
  pads: [padding, padding, padding, padding],
});

function attribute(name: string, value: number | readonly number[]): Uint8Array[] {
  const [type, fields] =
    typeof value === 'number'
      ? (['int', [integerField(3, value)]] as const)
      : (['ints', value.map((item) => integerField(8, item))] as const);
  return [bytesField(1, name), ...fields, integerField(20, ATTRIBUTE_TYPE[type])];
}
