/** A backend that has proved itself on the card's golden input, with the network on it. */
import * as tf from '@tensorflow/tfjs-core';
import type { ModelCard } from '../core/model/card.ts';
import { checkGolden } from '../core/model/golden.ts';
import { buildNetwork, type Network } from '../core/model/network.ts';
import type { Weights } from '../core/model/safetensors.ts';
import { failure, type Result, success } from '../core/result.ts';
import type { KernelKind } from '../kernels/kinds.ts';
import { type EngineFault, type EngineNote, thrownFault } from '../protocol/engine-fault.ts';
import { type StartedBackend, startWasm, startWebGpu } from './backends.ts';

export interface Engine {
  backend: 'webgpu' | 'wasm';
  /** What the network started on. */
  kernels: KernelKind;
  /** Why WebGPU is not used, or null. */
  note: EngineNote | null;
  network: Network;
  /** Resolves with the reason when the device is lost. */
  lost: Promise<EngineFault>;
}

/**
 * Starts WebGPU, or WASM where WebGPU is missing, emulated, or wrong on the golden input; with `prefer: 'wasm'` only
 * WASM. Fails with WASM's fault when that fails too: there is no third choice.
 */
export async function startEngine(
  model: { card: ModelCard; weights: Weights },
  options: { prefer: 'webgpu' | 'wasm'; allowFallbackAdapter: boolean },
): Promise<Result<Engine, EngineFault>> {
  let note: EngineNote | null = null;
  if (options.prefer === 'webgpu') {
    const fast = await proven(model, () => startWebGpu(options.allowFallbackAdapter));
    if (fast.ok) return success({ ...fast.value, note });
    note = { ...fast.failure, backend: 'webgpu' };
  }
  const plain = await proven(model, startWasm);
  return plain.ok ? success({ ...plain.value, note }) : plain;
}

async function proven(
  { card, weights }: { card: ModelCard; weights: Weights },
  start: () => Promise<Result<StartedBackend, EngineFault>>,
): Promise<Result<Omit<Engine, 'note'>, EngineFault>> {
  try {
    const started = await start();
    if (!started.ok) return started;
    const built = buildNetwork(tf, card, weights);
    if (!built.ok) {
      return failure({
        reason: 'bad-weights',
        detail: `${built.failure.where}: ${built.failure.message}`.slice(0, 200),
      });
    }
    const { name, kernels, lost } = started.value;
    const golden = await checkGolden(built.value, card.golden);
    if (golden.passed) return success({ backend: name, kernels, network: built.value, lost });
    built.value.dispose();
    return failure({ reason: 'wrong-result', detail: golden.largestDifference.toPrecision(2) });
  } catch (error) {
    // A driver may throw from anywhere; whatever it is, this backend is not to be used.
    return failure(thrownFault(error));
  }
}
