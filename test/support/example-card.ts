/** A card with numbers of its own, for tests that speak of numbers: those of the packaged models may change any day. */
import type { Layer, ModelCard } from '../../src/core/model/card.ts';
import { expectedTensors } from '../../src/core/model/expected-tensors.ts';
import { receptiveFieldOf } from '../../src/core/model/geometry.ts';
import { buildNetwork, type Network } from '../../src/core/model/network.ts';
import type { Weights } from '../../src/core/model/safetensors.ts';
import { noise } from './noise.ts';
import { startBackend } from './tensorflow.ts';

const CHANNELS = [6, 8, 8, 8];
const GOLDEN = { rows: 2, columns: 3 };

const conv = (name: string, channels: [number, number], kernel: number): Layer => ({
  ...{ op: 'conv', name, in: channels[0], out: channels[1], kernel, stride: 1, bias: true },
});

const layers: Layer[] = [
  conv('bank', [3, 6], 5),
  { op: 'clamp', min: -24, max: 24 },
  { op: 'scale', factor: 0.125 },
  ...CHANNELS.flatMap((out, index): Layer[] => [
    { ...conv(`conv${index + 1}`, [CHANNELS[index - 1] ?? 6, out], 3), activation: 'relu' } as Layer,
    ...(index < CHANNELS.length - 1 ? [{ op: 'averagePool', size: 3, stride: 2 } as const] : []),
  ]),
  conv('head', [8, 1], 1),
];

/** Receptive field 49 px at stride 8 px; "strong" from 0.75 on, "none" below 0.4, with a wide band. */
export const exampleCard: ModelCard = {
  schema: 1,
  id: 'example',
  version: '1',
  name: 'Example',
  input: { channels: 'RGB', range: [0, 255], resize: 'never', alpha: 'over-white' },
  layers,
  receptiveField: receptiveFieldOf(layers) as ModelCard['receptiveField'],
  weights: { file: 'weights.safetensors', sha256: 'ab'.repeat(32), sizeBytes: 1 },
  calibration: {
    kind: 'platt',
    on: 'mean patch logit',
    a: 1.2,
    b: -0.1,
    covariance: { aa: 0.6, bb: 0.05, ab: 0.02 },
    blockVariance: 0.25,
    strongAt: 0.75,
    unsureFrom: 0.4,
    fittedOn: 'nothing',
    note: 'Round numbers.',
  },
  limits: { minSidePx: 98, flatBlockSpread: 3, minTexturedShare: 0.05, unknowns: ['Screenshots.', 'Scans.'] },
  golden: {
    input: { formula: 'two-sines-1', widthPx: 65, heightPx: 57, sum: 1 },
    ...GOLDEN,
    logits: new Array(GOLDEN.rows * GOLDEN.columns).fill(0),
    tolerance: { absolute: 1e-3, relative: 1e-3 },
  },
};

/** Weights for it, always the same, scaled so that logits are of the size of trained ones. */
export function exampleWeights(): Weights {
  return new Map(
    expectedTensors(layers).map(({ name, shape }, seed) => {
      const length = shape.reduce((product, side) => product * side, 1);
      const bytes = noise(length, seed + 1);
      const spread = shape.length === 1 ? 0.1 : Math.sqrt(6 / (length / (shape[0] ?? 1)));
      return [
        name,
        { shape: [...shape], values: Float32Array.from(bytes, (byte) => (byte / 127.5 - 1) * spread) },
      ];
    }),
  );
}

/** Starts `backend` and builds its network there. */
export async function exampleNetwork(backend: 'wasm' | 'cpu'): Promise<Network> {
  const built = buildNetwork(await startBackend(backend), exampleCard, exampleWeights());
  if (!built.ok) throw new Error(`${built.failure.where}: ${built.failure.message}`);
  return built.value;
}
