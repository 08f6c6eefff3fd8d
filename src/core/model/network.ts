/** The forward pass of a card's layers on a given tfjs handle: core itself knows no backend. */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { failure, type Result, success } from '../result.ts';
import type { Layer, ModelCard } from './card.ts';
import { patchesAlong } from './geometry.ts';
import type { Weights, WeightsFailure } from './safetensors.ts';

export type TensorFlow = typeof import('@tensorflow/tfjs-core');

/** Logits of one image or tile, row-major; positive = generated. */
export interface LogitGrid {
  rows: number;
  columns: number;
  logits: Float32Array;
}

export interface Network {
  /**
   * Logits for `rgb`, interleaved RGB 0..255 of `heightPx * widthPx` pixels, both at least one receptive field.
   * Rejects when the backend fails or returns another grid than the layers imply.
   */
  forward(rgb: Float32Array, heightPx: number, widthPx: number): Promise<LogitGrid>;
  /** Frees the weights on the device. */
  dispose(): void;
}

type Step = (input: Tensor4D) => Tensor4D;
interface BuiltStep {
  step: Step;
  /** Frees what the step holds on the device. */
  dispose: () => void;
}

/**
 * The network of `card`, its weights uploaded once to the current backend of `tf`; `bad-weights` when a tensor is
 * missing or shaped otherwise than its layer says. Kernels are stored [out, in, height, width], as PyTorch does.
 */
export function buildNetwork(
  tf: TensorFlow,
  card: ModelCard,
  weights: Weights,
): Result<Network, WeightsFailure> {
  const wrong = misfit(card.layers, weights);
  if (wrong !== null) return failure(wrong);
  const built = card.layers.map((layer) => buildStep(tf, layer, weights));
  return success({
    forward: async (rgb, heightPx, widthPx) => {
      const output = tf.tidy(() => {
        const input = tf.tensor4d(rgb, [1, heightPx, widthPx, 3]);
        return built.reduce((tensor: Tensor4D, { step }) => step(tensor), input);
      });
      try {
        const logits = await output.data<'float32'>();
        const grid = {
          rows: patchesAlong(heightPx, card.receptiveField),
          columns: patchesAlong(widthPx, card.receptiveField),
        };
        const [, rows, columns] = output.shape;
        if (rows !== grid.rows || columns !== grid.columns || logits.length !== rows * columns) {
          throw new Error(`network returned ${rows} x ${columns}, not ${grid.rows} x ${grid.columns}`);
        }
        return { ...grid, logits };
      } finally {
        output.dispose();
      }
    },
    dispose: () => {
      for (const { dispose } of built) dispose();
    },
  });
}

/** The first layer whose weights are missing or misshapen. */
function misfit(layers: readonly Layer[], weights: Weights): WeightsFailure | null {
  for (const layer of layers) {
    if (layer.op !== 'conv') continue;
    const expected: [string, number[]][] = [
      [`${layer.name}.weight`, [layer.out, layer.in, layer.kernel, layer.kernel]],
    ];
    if (layer.bias) expected.push([`${layer.name}.bias`, [layer.out]]);
    for (const [name, shape] of expected) {
      const found = weights.get(name)?.shape.join(' x ') ?? 'nothing';
      if (found === shape.join(' x ')) continue;
      return { kind: 'bad-weights', where: name, message: `expected ${shape.join(' x ')}, found ${found}` };
    }
  }
  return null;
}

function buildStep(tf: TensorFlow, layer: Layer, weights: Weights): BuiltStep {
  const nothing = () => undefined;
  switch (layer.op) {
    case 'clamp':
      return { step: (x) => tf.clipByValue(x, layer.min, layer.max), dispose: nothing };
    case 'scale':
      return { step: (x) => tf.mul(x, layer.factor), dispose: nothing };
    case 'averagePool':
      return { step: (x) => tf.avgPool(x, layer.size, layer.stride, 'valid'), dispose: nothing };
    case 'conv':
      return buildConvolution(tf, layer, weights);
  }
}

function buildConvolution(
  tf: TensorFlow,
  layer: Extract<Layer, { op: 'conv' }>,
  weights: Weights,
): BuiltStep {
  const kernel = weights.get(`${layer.name}.weight`);
  const bias = weights.get(`${layer.name}.bias`);
  if (kernel === undefined) throw new Error(`weights of ${layer.name} were not checked`);
  const filter = tf.tidy(() =>
    tf.transpose(tf.tensor4d(kernel.values, [layer.out, layer.in, layer.kernel, layer.kernel]), [2, 3, 1, 0]),
  );
  const offset = layer.bias && bias !== undefined ? tf.tensor1d(bias.values) : null;
  return {
    step: (x) =>
      tf.fused.conv2d({
        x,
        filter,
        strides: layer.stride,
        pad: 'valid',
        ...(offset === null ? {} : { bias: offset }),
        ...(layer.activation === undefined ? {} : { activation: layer.activation }),
      }),
    dispose: () => {
      filter.dispose();
      offset?.dispose();
    },
  };
}
