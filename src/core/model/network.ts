/** The forward pass of a list of layers on a given tfjs handle: core itself knows no backend. */
import { failure, type Result, success } from '../result.ts';
import type { ModelCard } from './card.ts';
import { expectedTensors } from './expected-tensors.ts';
import { gridLength } from './geometry.ts';
import type { Layer } from './layer.ts';
import { buildSequence, type NetworkKernels, type TensorFlow } from './operations.ts';
import type { Weights, WeightsFailure } from './safetensors.ts';
import { wholeNetwork } from './whole-network.ts';

export type { NetworkKernels, TensorFlow } from './operations.ts';

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
  /** As `forward` for several pictures of one size at once; only where that is faster than one after the other. */
  forwardBatch?: (
    pictures: readonly Float32Array[],
    heightPx: number,
    widthPx: number,
  ) => Promise<LogitGrid[]>;
  /** Frees the weights on the device. */
  dispose(): void;
}

/** A network whose outputs still have the meaning that training gave them. */
export interface LayerNetwork {
  /** As `Network.forward`, with all channels. */
  run(rgb: Float32Array, heightPx: number, widthPx: number): Promise<OutputGrid>;
  /** As `run` for pictures of one size, with one upload and one readback; memory grows with their number. */
  runBatch(pictures: readonly Float32Array[], heightPx: number, widthPx: number): Promise<OutputGrid[]>;
  /** Whether a batch is faster here than its pictures one after the other. */
  prefersBatches: boolean;
  /** Frees the weights on the device. */
  dispose(): void;
}

/**
 * The network of `card`, its weights uploaded once to the current backend of `tf`; `bad-weights` when a tensor is
 * missing or shaped otherwise than its layer says. `kernels` holds for this network alone. Weights are stored [out, in, height, width], as PyTorch does.
 */
export function buildNetwork(
  tf: TensorFlow,
  card: Pick<ModelCard, 'layers'>,
  weights: Weights,
  kernels: NetworkKernels = 'own',
): Result<Network, WeightsFailure> {
  const built = buildLayers(tf, card.layers, weights, kernels);
  return built.ok ? success(networkOf(built.value, onlyLogits)) : built;
}

/** `layers` with their outputs read as logits. */
export function networkOf(layers: LayerNetwork, logitsOf: (output: OutputGrid) => LogitGrid): Network {
  const { run, runBatch, prefersBatches, dispose } = layers;
  return {
    forward: async (...picture) => logitsOf(await run(...picture)),
    ...(prefersBatches ? { forwardBatch: async (...given) => (await runBatch(...given)).map(logitsOf) } : {}),
    dispose,
  };
}

function onlyLogits({ rows, columns, channels, values }: OutputGrid): LogitGrid {
  if (channels !== 1) throw new Error(`network returned ${channels} values a patch, not one`);
  return { rows, columns, logits: values };
}

/** The network of `layers`, which take RGB 0..255; otherwise as `buildNetwork`. */
export function buildLayers(
  tf: TensorFlow,
  layers: readonly Layer[],
  weights: Weights,
  kernels: NetworkKernels = 'own',
): Result<LayerNetwork, WeightsFailure> {
  const wrong = misfit(layers, weights);
  if (wrong !== null) return failure(wrong);
  const whole = kernels === 'own' ? wholeNetwork(tf, layers, weights) : null;
  const { apply, dispose } = whole ?? buildSequence(tf, layers, weights, kernels);
  const runBatch: LayerNetwork['runBatch'] = async (pictures, heightPx, widthPx) => {
    const shape: [number, number, number, number] = [pictures.length, heightPx, widthPx, 3];
    const output = tf.tidy(() => apply(tf.tensor4d(joined(pictures), shape)));
    try {
      return gridsOf(await output.data<'float32'>(), output.shape, {
        rows: gridLength(layers, heightPx),
        columns: gridLength(layers, widthPx),
      });
    } finally {
      output.dispose();
    }
  };
  return success({
    run: async (rgb, heightPx, widthPx) => {
      const [grid] = await runBatch([rgb], heightPx, widthPx);
      if (grid === undefined) throw new Error('network returned nothing');
      return grid;
    },
    runBatch,
    // Each readback waits for the graphics processor; on WebAssembly a batch costs memory and gains nothing (measured).
    prefersBatches: tf.getBackend() === 'webgpu',
    dispose,
  });
}

/** Pictures of one size, one behind the other. */
function joined(pictures: readonly Float32Array[]): Float32Array {
  const [first] = pictures;
  if (first !== undefined && pictures.length === 1) return first;
  const values = new Float32Array((first?.length ?? 0) * pictures.length);
  for (const [index, picture] of pictures.entries()) values.set(picture, index * picture.length);
  return values;
}

/** The batch's outputs one by one; throws for another grid than expected. */
function gridsOf(
  values: Float32Array,
  [batch, rows, columns, channels]: [number, number, number, number],
  expected: { rows: number; columns: number },
): OutputGrid[] {
  const length = rows * columns * channels;
  if (rows !== expected.rows || columns !== expected.columns || values.length !== batch * length) {
    throw new Error(`network returned ${rows} x ${columns}, not ${expected.rows} x ${expected.columns}`);
  }
  return Array.from({ length: batch }, (_, index) => {
    return { rows, columns, channels, values: values.subarray(index * length, (index + 1) * length) };
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
