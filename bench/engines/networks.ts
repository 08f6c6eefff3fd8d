/** The networks that are measured: published ones with random weights, and the packaged ones with their own. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../scripts/lib/command.mjs';
import { detectorNamed } from '../../src/core/backbones/detectors.ts';
import { elementsOf, expectedTensors } from '../../src/core/model/expected-tensors.ts';
import { foldNetwork } from '../../src/core/model/fold.ts';
import type { Layer } from '../../src/core/model/layer.ts';
import { isPackagedName, MODELS_FOLDER } from '../../src/core/model/packaged.ts';
import { readSafetensors, type Weights } from '../../src/core/model/safetensors.ts';
import { PACKAGED_CARDS } from '../../src/platform/packaged-models.ts';
import { uniform } from '../../test/support/parity.ts';

export interface BenchNetwork {
  name: string;
  /** BatchNorm folded; from RGB 0..255 to logits. */
  layers: readonly Layer[];
  weights: Weights;
}

/** The network of that name; `fast` and `strong` are the packaged ones; null when there is none. */
export function benchNetwork(name: string): BenchNetwork | null {
  if (isPackagedName(name)) {
    const card = PACKAGED_CARDS[name];
    const file = path.join(ROOT, MODELS_FOLDER, name, card.weights.file);
    const read = readSafetensors(new Uint8Array(readFileSync(file)));
    if (!read.ok) throw new Error(`${file}: ${read.failure.message}`);
    return { name, layers: card.layers, weights: read.value };
  }
  const detector = detectorNamed(name);
  if (detector === null) return null;
  const { layers } = detector;
  return { name: detector.name, ...foldNetwork(layers, randomWeights(layers)) };
}

/** He-scaled kernels and BatchNorm statistics near those of training, so that activations stay near 1. */
function randomWeights(layers: Parameters<typeof expectedTensors>[0]): Weights {
  const tensors = expectedTensors(layers);
  const normalized = new Set(
    tensors.filter(({ name }) => name.endsWith('.running_var')).map(({ name }) => name.replace(/[^.]*$/, '')),
  );
  return new Map(
    tensors.map(({ name, shape }) => {
      const count = elementsOf(shape);
      const isNorm = normalized.has(name.replace(/[^.]*$/, ''));
      const [center, spread] = isNorm ? statisticOf(name) : [0, Math.sqrt((6 * (shape[0] ?? 1)) / count)];
      const values = Float32Array.from(uniform(name, count), (value) => center + spread * value);
      // A convolution's own bias is a head's.
      return [name, { shape: [...shape], values }] as const;
    }),
  );
}

/** Middle and half-width of a BatchNorm's tensor. */
function statisticOf(name: string): readonly [number, number] {
  if (name.endsWith('.weight') || name.endsWith('.running_var')) return [1, 0.25];
  return [0, 0.2];
}
