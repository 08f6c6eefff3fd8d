/** Folds BatchNorm into the convolution before it, and ReLU into the convolution's own pass. */
import type { BatchNorm, Layer, SourceLayer } from './layer.ts';
import type { Weights, WeightTensor } from './safetensors.ts';

/** PyTorch's default, which all networks of the literature keep; it stands inside the square root. */
const EPSILON = 1e-5;

export interface FoldedNetwork {
  layers: Layer[];
  /** The tensors of `layers` and no others. */
  weights: Map<string, WeightTensor>;
}

type Convolution = Extract<Layer, { op: 'conv' | 'depthwiseConv' }>;

/**
 * The same network without BatchNorm, computed in double precision and rounded once to float32. `weights` hold all
 * tensors of `layers`. A variance of -1e-5 or less gives numbers that are not finite. Throws when a BatchNorm does not
 * directly follow a convolution, which would be a mistake in a backbone's table.
 */
export function foldNetwork(layers: readonly SourceLayer[], weights: Weights): FoldedNetwork {
  const folded = new Map<string, WeightTensor>();
  return { layers: foldSequence(layers, weights, folded), weights: folded };
}

function foldSequence(
  layers: readonly SourceLayer[],
  weights: Weights,
  folded: Map<string, WeightTensor>,
): Layer[] {
  const result: Layer[] = [];
  for (const layer of layers) {
    const last = result[result.length - 1];
    const before = last !== undefined && isConvolution(last) && last.activation === undefined ? last : null;
    if (layer.op === 'batchNorm') {
      if (before === null) throw new Error(`${layer.name} follows no convolution`);
      result[result.length - 1] = foldInto(before, layer, { weights, folded });
    } else if (layer.op === 'relu' && before !== null) {
      result[result.length - 1] = { ...before, activation: 'relu' };
    } else {
      result.push(foldLayer(layer, weights, folded));
    }
  }
  return result;
}

function foldLayer(
  layer: Exclude<SourceLayer, BatchNorm>,
  weights: Weights,
  folded: Map<string, WeightTensor>,
): Layer {
  if (layer.op === 'residual') {
    const [main, skip] = [layer.main, layer.skip].map((branch) => foldSequence(branch, weights, folded));
    return { op: 'residual', main: main ?? [], skip: skip ?? [] };
  }
  if (layer.op === 'concat') {
    return { op: 'concat', branches: layer.branches.map((branch) => foldSequence(branch, weights, folded)) };
  }
  if (isConvolution(layer)) {
    for (const name of [`${layer.name}.weight`, ...(layer.bias ? [`${layer.name}.bias`] : [])]) {
      folded.set(name, tensorOf(weights, name));
    }
  }
  return layer;
}

const isConvolution = (layer: Layer): layer is Convolution =>
  layer.op === 'conv' || layer.op === 'depthwiseConv';

function tensorOf(weights: Weights, name: string): WeightTensor {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new Error(`weights ${name} were not checked`);
  return tensor;
}

/** y = gamma (Wx + b - mean) / sqrt(variance + eps) + beta = (g W) x + (g (b - mean) + beta). */
function foldInto(
  convolution: Convolution,
  { name }: BatchNorm,
  { weights, folded }: { weights: Weights; folded: Map<string, WeightTensor> },
): Convolution {
  const statistic = (key: string) => tensorOf(weights, `${name}.${key}`).values;
  const [gamma, beta] = [statistic('weight'), statistic('bias')];
  const [mean, variance] = [statistic('running_mean'), statistic('running_var')];
  const kernel = tensorOf(folded, `${convolution.name}.weight`);
  const oldBias = folded.get(`${convolution.name}.bias`)?.values;
  const [out = 0] = kernel.shape;
  const perOutput = kernel.values.length / out;
  const values = new Float32Array(kernel.values.length);
  const bias = new Float32Array(out);
  for (let channel = 0; channel < out; channel++) {
    const gain = (gamma[channel] ?? 0) / Math.sqrt((variance[channel] ?? 0) + EPSILON);
    bias[channel] = gain * ((oldBias?.[channel] ?? 0) - (mean[channel] ?? 0)) + (beta[channel] ?? 0);
    for (let index = channel * perOutput; index < (channel + 1) * perOutput; index++) {
      values[index] = gain * (kernel.values[index] ?? 0);
    }
  }
  folded.set(`${convolution.name}.weight`, { shape: kernel.shape, values });
  folded.set(`${convolution.name}.bias`, { shape: [out], values: bias });
  return { ...convolution, bias: true };
}
