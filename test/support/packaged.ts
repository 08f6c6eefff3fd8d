/** The packaged models in Node, for tests: these hold for any pair, and know none of their numbers. */
import { readFileSync } from 'node:fs';
import { buildNetwork, type Network } from '../../src/core/model/network.ts';
import { readSafetensors, type Weights } from '../../src/core/model/safetensors.ts';
import type { Result } from '../../src/core/result.ts';
import { MODEL_ROLES, type ModelRole } from '../../src/core/verdict.ts';
import { PACKAGED_CARDS } from '../../src/platform/packaged-models.ts';
import { startBackend } from './tensorflow.ts';

/** Shortest side of a picture that both models look at. */
export const BOTH_LOOK_FROM_PX = Math.max(
  ...MODEL_ROLES.map((role) => PACKAGED_CARDS[role].limits.minSidePx),
);

function unwrap<Value>(result: Result<Value, { where: string; message: string }>): Value {
  if (!result.ok) throw new Error(`${result.failure.where}: ${result.failure.message}`);
  return result.value;
}

export const weightBytesOf = (role: ModelRole): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../models/${role}/weights.safetensors`, import.meta.url)));

export const weightsOf = (role: ModelRole): Weights => unwrap(readSafetensors(weightBytesOf(role)));

/** Starts `backend` and builds the packaged network of that role on it. */
export async function packagedNetwork(role: ModelRole, backend: 'wasm' | 'cpu'): Promise<Network> {
  return unwrap(buildNetwork(await startBackend(backend), PACKAGED_CARDS[role], weightsOf(role)));
}
