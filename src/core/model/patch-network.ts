/** A network with one or two outputs a patch, seen as one logit of P(fake): the only place that knows the class order. */
import { type Result, success } from '../result.ts';
import type { Layer } from './layer.ts';
import { buildLayers, type LogitGrid, type Network, networkOf, type OutputGrid } from './network.ts';
import type { TensorFlow } from './operations.ts';
import type { Weights, WeightsFailure } from './safetensors.ts';

/** Layers with the meaning of their outputs. */
export interface Classifier {
  layers: readonly Layer[];
  /** By output; a single one is `['fake']`. */
  classes: readonly ('fake' | 'real')[];
}

/** The classifier as a `Network`; otherwise as `buildNetwork`. */
export function buildPatchNetwork(
  tf: TensorFlow,
  { layers, classes }: Classifier,
  weights: Weights,
): Result<Network, WeightsFailure> {
  const built = buildLayers(tf, layers, weights);
  return built.ok ? success(networkOf(built.value, (output) => fakeLogits(output, classes))) : built;
}

/**
 * Logits whose logistic function is P(fake): softmax over (fake, real) is the logistic function of their difference, so
 * an exact tie is 0. Throws when there are more or fewer outputs than classes.
 */
export function fakeLogits(
  { rows, columns, channels, values }: OutputGrid,
  classes: Classifier['classes'],
): LogitGrid {
  if (channels !== classes.length) throw new Error(`network returned ${channels} values a patch`);
  if (channels === 1) return { rows, columns, logits: values };
  const fake = classes.indexOf('fake');
  const logits = Float32Array.from(
    { length: rows * columns },
    (_, patch) => (values[patch * 2 + fake] ?? Number.NaN) - (values[patch * 2 + 1 - fake] ?? Number.NaN),
  );
  return { rows, columns, logits };
}
