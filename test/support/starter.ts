/** The starter model on a real backend in Node, for tests. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import cardJson from '../../models/starter/card.json' with { type: 'json' };
import { type ModelCard, parseCard } from '../../src/core/model/card.ts';
import { buildNetwork, type Network } from '../../src/core/model/network.ts';
import { readSafetensors, type Weights } from '../../src/core/model/safetensors.ts';
import type { Result } from '../../src/core/result.ts';

function unwrap<Value>(result: Result<Value, { where: string; message: string }>): Value {
  if (!result.ok) throw new Error(`${result.failure.where}: ${result.failure.message}`);
  return result.value;
}

export const starterCard: ModelCard = unwrap(parseCard(cardJson));

export const starterWeightBytes = (): Uint8Array =>
  new Uint8Array(readFileSync(new URL('../../models/starter/weights.safetensors', import.meta.url)));

export const starterWeights = (): Weights => unwrap(readSafetensors(starterWeightBytes()));

/** Starts `backend` and builds the starter network on it. */
export async function starterNetwork(backend: 'wasm' | 'cpu'): Promise<Network> {
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  if (backend === 'wasm') setWasmPaths(join(dirname(entry), '../wasm-out/'));
  const started = await tf.setBackend(backend);
  if (!started || tf.getBackend() !== backend) throw new Error(`${backend} did not start`);
  return unwrap(buildNetwork(tf, starterCard, starterWeights()));
}

/** Pseudo-random bytes that are the same everywhere: xorshift32. */
export function noise(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed | 0 || 1;
  for (let index = 0; index < length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[index] = state >>> 24;
  }
  return bytes;
}
