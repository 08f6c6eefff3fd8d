/** Which tensors a list of layers needs, by PyTorch's key names. */
import { branchesOf, type SourceLayer } from './layer.ts';

/** An entry of a state dictionary. */
export interface ExpectedTensor {
  name: string;
  shape: readonly number[];
  /** Parameters are trained; buffers are BatchNorm's statistics. */
  kind: 'parameter' | 'buffer';
}

/**
 * The tensors of `layers` in the layers' order, with shapes as PyTorch stores them: [out, in, height, width] for
 * convolutions, [channels, 1, height, width] for depthwise ones, [] for BatchNorm's counter.
 */
export function expectedTensors(layers: readonly SourceLayer[]): ExpectedTensor[] {
  return layers.flatMap((layer) => branchesOf(layer)?.flatMap(expectedTensors) ?? tensorsOf(layer));
}

function tensorsOf(layer: SourceLayer): ExpectedTensor[] {
  switch (layer.op) {
    case 'conv':
      return convolution(layer, [layer.out, layer.in, layer.kernel, layer.kernel]);
    case 'depthwiseConv':
      return convolution(layer, [layer.channels, 1, layer.kernel, layer.kernel]);
    case 'batchNorm':
      return [
        parameter(`${layer.name}.weight`, [layer.channels]),
        parameter(`${layer.name}.bias`, [layer.channels]),
        buffer(`${layer.name}.running_mean`, [layer.channels]),
        buffer(`${layer.name}.running_var`, [layer.channels]),
        buffer(`${layer.name}${COUNTER}`, []),
      ];
    default:
      return [];
  }
}

function convolution(
  { name, bias }: { name: string; bias: boolean },
  shape: readonly number[],
): ExpectedTensor[] {
  const kernel = parameter(`${name}.weight`, shape);
  return bias ? [kernel, parameter(`${name}.bias`, shape.slice(0, 1))] : [kernel];
}

const parameter = (name: string, shape: readonly number[]): ExpectedTensor => ({
  name,
  shape,
  kind: 'parameter',
});
const buffer = (name: string, shape: readonly number[]): ExpectedTensor => ({ name, shape, kind: 'buffer' });

const COUNTER = '.num_batches_tracked';

/** Whether `name` is BatchNorm's counter of training steps, which no forward pass reads and old files lack. */
export const isCounter = (name: string): boolean => name.endsWith(COUNTER);

/** Number of elements of a tensor of `shape`. */
export const elementsOf = (shape: readonly number[]): number =>
  shape.reduce((product, length) => product * length, 1);

/** Trained numbers of `layers`; BatchNorm's statistics do not count. */
export function parameterCount(layers: readonly SourceLayer[]): number {
  return expectedTensors(layers)
    .filter(({ kind }) => kind === 'parameter')
    .reduce((sum, { shape }) => sum + elementsOf(shape), 0);
}
