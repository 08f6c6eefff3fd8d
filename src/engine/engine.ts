/** A backend that has proved itself on the card's golden input, with the network on it. */
import * as tf from '@tensorflow/tfjs-core';
import type { ModelCard } from '../core/model/card.ts';
import { checkGolden, type GoldenResult } from '../core/model/golden.ts';
import { buildNetwork, type Network, type NetworkKernels } from '../core/model/network.ts';
import type { Weights } from '../core/model/safetensors.ts';
import { failure, type Result, success } from '../core/result.ts';
import { supportedVariants } from '../kernels/kernels.ts';
import type { KernelKind } from '../kernels/kinds.ts';
import { kernelHeapBytes } from '../kernels/register.ts';
import { type EngineFault, type EngineNote, thrownFault } from '../protocol/engine-fault.ts';
import { type StartedBackend, startWasm, startWebGpu } from './backends.ts';
import { browserThreads } from './kernel-threads.ts';
import { type TunableNetwork, tunable } from './tune.ts';

export interface Model {
  card: ModelCard;
  weights: Weights;
}

/** A network that has given its golden answer. */
export interface ProvenNetwork {
  network: Network;
  /** Chooses faster kernels, for when there is nothing else to do; says which ones. Never rejects. */
  tune: () => Promise<NetworkKernels>;
}

export interface Engine extends ProvenNetwork {
  backend: 'webgpu' | 'wasm';
  /** What the network started on. */
  kernels: KernelKind;
  /** Why WebGPU is not used, or null. */
  note: EngineNote | null;
  /** One more network beside the first, on the same backend. Never rejects. */
  add: (model: Model) => Promise<Result<ProvenNetwork, EngineFault>>;
  /** Resolves with the reason when the device is lost. */
  lost: Promise<EngineFault>;
}

/**
 * Starts WebGPU, or WASM where WebGPU is missing, emulated, or wrong on the golden input; with `prefer: 'wasm'` only
 * WASM, there on Telltale's kernels or, where those fail, on tfjs's own. Fails with the last fault.
 */
export async function startEngine(
  model: Model,
  options: { prefer: 'webgpu' | 'wasm'; allowFallbackAdapter: boolean },
): Promise<Result<Engine, EngineFault>> {
  let note: EngineNote | null = null;
  if (options.prefer === 'webgpu') {
    const fast = await proven(model, () => startWebGpu(options.allowFallbackAdapter));
    if (fast.ok) return success({ ...fast.value, note });
    note = { ...fast.failure, backend: 'webgpu' };
  }
  const plain = await provenWasm(model);
  return plain.ok ? success({ ...plain.value, note }) : plain;
}

/**
 * WASM on the fastest kernels that prove themselves, with memory for several threads where there may be any; where none do,
 * with the fault of tfjs's own.
 */
async function provenWasm(model: Model): Promise<Result<Omit<Engine, 'note'>, EngineFault>> {
  const shared = browserThreads();
  for (const threads of shared === null ? [null] : [shared, null]) {
    for (const kernels of supportedVariants()) {
      const found = await proven(model, () => startWasm(kernels, threads));
      if (found.ok) return found;
    }
  }
  return proven(model, () => startWasm('stock', null));
}

async function proven(
  model: Model,
  start: () => Promise<Result<StartedBackend, EngineFault>>,
): Promise<Result<Omit<Engine, 'note'>, EngineFault>> {
  try {
    const started = await start();
    if (!started.ok) return started;
    const backend = started.value;
    const built = await provenOn(backend, model, backend.kernels === 'stock' ? 'stock' : 'own');
    if (!built.ok) return built;
    const { name, lost } = backend;
    return success({ ...built.value, backend: name, lost, add: (other) => added(backend, other) });
  } catch (error) {
    // A driver may throw from anywhere; whatever it is, this backend is not to be used.
    return failure(thrownFault(error));
  }
}

/** Another network on a backend in use; where Telltale's kernels fail it, tfjs's own are tried, because the first network stays. */
async function added(backend: StartedBackend, model: Model): Promise<Result<ProvenNetwork, EngineFault>> {
  const attempt = (kernels: NetworkKernels) =>
    provenOn(backend, model, kernels).catch((error: unknown) => failure(thrownFault(error)));
  if (backend.kernels === 'stock') return attempt('stock');
  const own = await attempt('own');
  return own.ok ? own : attempt('stock');
}

/** The network of a model on a running backend, with the golden check passed; rejects when the backend throws. */
async function provenOn(
  backend: StartedBackend,
  { card, weights }: Model,
  asked: NetworkKernels,
): Promise<Result<ProvenNetwork & { kernels: KernelKind }, EngineFault>> {
  const heldBefore = kernelHeapBytes();
  const built = buildNetwork(tf, card, weights, asked);
  if (!built.ok) {
    return failure({
      reason: 'bad-weights',
      detail: `${built.failure.where}: ${built.failure.message}`.slice(0, 200),
    });
  }
  // What it holds memory for, not what it was to use: a network without steps of its own stays with tfjs.
  const kernels = kernelHeapBytes() > heldBefore ? backend.kernels : 'stock';
  const golden = await checked(built.value, card);
  if (!golden.passed) {
    return failure({ reason: 'wrong-result', detail: golden.largestDifference.toPrecision(2) });
  }
  const found =
    backend.name === 'webgpu' ? tunable(tf, built.value, { card, weights }) : fixed(built.value, kernels);
  return success({ ...found, kernels });
}

/** WebAssembly's kernels are chosen by what they can do. */
const fixed = (network: Network, kernels: KernelKind): TunableNetwork => ({
  network,
  tune: async () => (kernels === 'stock' ? 'stock' : 'own'),
});

/** The golden check; a network that does not pass it, or breaks over it, is disposed. */
async function checked(network: Network, card: ModelCard): Promise<GoldenResult> {
  let passed = false;
  try {
    const result = await checkGolden(network, card.golden);
    passed = result.passed;
    return result;
  } finally {
    if (!passed) network.dispose();
  }
}
