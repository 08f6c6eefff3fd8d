/** A backend that has proved itself on the card's golden input, with the network on it. */
import * as tf from '@tensorflow/tfjs-core';
import type { ModelCard } from '../core/model/card.ts';
import { checkGolden } from '../core/model/golden.ts';
import { buildNetwork, type Network } from '../core/model/network.ts';
import type { Weights } from '../core/model/safetensors.ts';
import { failure, type Result, success } from '../core/result.ts';
import { type StartedBackend, startWasm, startWebGpu } from './backends.ts';

export interface Engine {
  backend: 'webgpu' | 'wasm';
  /** Why WebGPU is not used, or empty. */
  note: string;
  network: Network;
  /** Resolves with the reason when the device is lost. */
  lost: Promise<string>;
}

/**
 * Starts WebGPU, or WASM where WebGPU is missing, emulated, or wrong on the golden input; with `prefer: 'wasm'` only
 * WASM. Fails with a phrase for people when WASM fails too: there is no third choice.
 */
export async function startEngine(
  model: { card: ModelCard; weights: Weights },
  options: { prefer: 'webgpu' | 'wasm'; allowFallbackAdapter: boolean },
): Promise<Result<Engine, string>> {
  let note = '';
  if (options.prefer === 'webgpu') {
    const fast = await proven(model, () => startWebGpu(options.allowFallbackAdapter));
    if (fast.ok) return success({ ...fast.value, note });
    note = fast.failure;
  }
  const plain = await proven(model, startWasm);
  return plain.ok ? success({ ...plain.value, note }) : plain;
}

async function proven(
  { card, weights }: { card: ModelCard; weights: Weights },
  start: () => Promise<Result<StartedBackend, string>>,
): Promise<Result<Omit<Engine, 'note'>, string>> {
  try {
    const started = await start();
    if (!started.ok) return started;
    const built = buildNetwork(tf, card, weights);
    if (!built.ok) return failure(`weights: ${built.failure.where}: ${built.failure.message}`);
    const { name, lost } = started.value;
    const golden = await checkGolden(built.value, card.golden);
    if (golden.passed) return success({ backend: name, network: built.value, lost });
    built.value.dispose();
    return failure(`${name} computes wrongly here (off by ${golden.largestDifference.toPrecision(2)})`);
  } catch (error) {
    // A driver may throw from anywhere; whatever it is, this backend is not to be used.
    return failure(
      `a backend failed: ${error instanceof Error ? error.message : String(error)}`.slice(0, 200),
    );
  }
}
