/** The forward pass of a list of layers on a given tfjs handle: core itself knows no backend. */
import { failure, type Result, success } from '../result.ts';
import type { ModelCard } from './card.ts';
import { expectedTensors } from './expected-tensors.ts';
import { gridLength } from './geometry.ts';
import type { Layer } from './layer.ts';
import { buildSequence, type TensorFlow } from './operations.ts';
import type { Weights, WeightsFailure } from './safetensors.ts';
import { wholeNetwork } from './whole-network.ts';

export type { TensorFlow } from './operations.ts';

/** Logits of one image or tile, row-major; positive = generated. */
export interface LogitGrid {
  rows: number;
  columns: number;
  logits: Float32Array;
}

/** What a network returns for every patch: row-major, the channels of a patch next to each other. */
export interface OutputGrid {
  rows: number;
  columns: number;
  channels: number;
  values: Float32Array;
}

export interface Network {
  /**
   * Logits for `rgb`, interleaved RGB 0..255 of `heightPx * widthPx` pixels, both enough for one patch.
   * Rejects when the backend fails or returns another grid than the layers imply.
   */
  forward(rgb: Float32Array, heightPx: number, widthPx: number): Promise<LogitGrid>;
  /** Frees the weights on the device. */
  dispose(): void;
}

/** A network whose outputs still have the meaning that training gave them. */
export interface LayerNetwork {
  /** As `Network.forward`, with all channels. */
  run(rgb: Float32Array, heightPx: number, widthPx: number): Promise<OutputGrid>;
  /** Frees the weights on the device. */
  dispose(): void;
}

/**
 * The network of `card`, its weights uploaded once to the current backend of `tf`; `bad-weights` when a tensor is
 * missing or shaped otherwise than its layer says. Kernels are stored [out, in, height, width], as PyTorch does.
 */
export function buildNetwork(
  tf: TensorFlow,
  card: Pick<ModelCard, 'layers'>,
  weights: Weights,
): Result<Network, WeightsFailure> {
  const built = buildLayers(tf, card.layers, weights);
  if (!built.ok) return built;
  const { run, dispose } = built.value;
  return success({
    forward: async (rgb, heightPx, widthPx) => {
      const { rows, columns, channels, values } = await run(rgb, heightPx, widthPx);
      if (channels !== 1) throw new Error(`network returned ${channels} values a patch, not one`);
      return { rows, columns, logits: values };
    },
    dispose,
  });
}

/** The network of `layers`, which take RGB 0..255; otherwise as `buildNetwork`. */
export function buildLayers(
  tf: TensorFlow,
  layers: readonly Layer[],
  weights: Weights,
): Result<LayerNetwork, WeightsFailure> {
  const wrong = misfit(layers, weights);
  if (wrong !== null) return failure(wrong);
  const { apply, dispose } = wholeNetwork(tf, layers, weights) ?? buildSequence(tf, layers, weights);
  return success({
    run: async (rgb, heightPx, widthPx) => {
      const output = tf.tidy(() => apply(tf.tensor4d(rgb, [1, heightPx, widthPx, 3])));
      try {
        const values = await output.data<'float32'>();
        const grid = { rows: gridLength(layers, heightPx), columns: gridLength(layers, widthPx) };
        const [, rows, columns, channels] = output.shape;
        if (rows !== grid.rows || columns !== grid.columns || values.length !== rows * columns * channels) {
          throw new Error(`network returned ${rows} x ${columns}, not ${grid.rows} x ${grid.columns}`);
        }
        return { rows, columns, channels, values };
      } finally {
        output.dispose();
      }
    },
    dispose,
  });
}

/** The first tensor that is missing or misshapen. */
function misfit(layers: readonly Layer[], weights: Weights): WeightsFailure | null {
  for (const { name, shape } of expectedTensors(layers)) {
    const found = weights.get(name)?.shape.join(' x ') ?? 'nothing';
    if (found === shape.join(' x ')) continue;
    return { kind: 'bad-weights', where: name, message: `expected ${shape.join(' x ')}, found ${found}` };
  }
  return null;
}
