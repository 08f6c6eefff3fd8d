/** Offers Telltale's kernels to tfjs: one kernel on the `wasm` backend that runs a whole network. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  getKernel,
  type KernelConfig,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { NETWORK_KERNEL, type NetworkKernel, type PreparedNetwork } from '../core/model/whole-network.ts';
import { compileKernels, supportedVariants } from './kernels.ts';
import type { KernelKind, KernelVariant } from './kinds.ts';
import { createMachine, type Machine } from './machine.ts';
import { planFor } from './plan.ts';
import { HelperTeam, type StartHelper } from './team.ts';

const BACKEND = 'wasm';
const machines = new Map<PreparedNetwork, Machine>();
let team: HelperTeam | null = null;

/** How networks may be run by several threads: the one that calls, and helpers that are started when they are wanted. */
export interface Threads {
  startHelper: StartHelper;
  most: number;
}

/**
 * Registers the fastest variant that runs here, or `variant`; from then on networks built on the `wasm` backend use it,
 * on one thread until `useThreads`. Returns null, and changes nothing, where there is no SIMD.
 */
export async function registerKernels(
  variant = supportedVariants()[0],
  threads: Threads | null = null,
): Promise<KernelVariant | null> {
  if (variant === undefined) return null;
  const most = threads !== null && typeof SharedArrayBuffer === 'function' ? threads.most : 1;
  const module = await compileKernels(variant, most > 1);
  unregisterKernels();
  team = threads !== null && most > 1 ? new HelperTeam(threads.startHelper, most - 1) : null;
  registerKernel(networkKernel(module, team));
  return variant;
}

/** Networks run on that many threads from now on, or on as many as they were registered with. */
export function useThreads(threads: number): void {
  team?.useThreads(threads);
}

/** Networks built from now on run on `kernels`. Rejects when they do not compile. */
export async function useKernels(kernels: KernelKind, threads: Threads | null = null): Promise<void> {
  if (kernels === 'stock') unregisterKernels();
  else await registerKernels(kernels, threads);
}

/** Networks built from now on run on tfjs's own kernels again; those built on Telltale's throw when they are run. */
export function unregisterKernels(): void {
  team?.dispose();
  team = null;
  if (getKernel(NETWORK_KERNEL, BACKEND) !== undefined) unregisterKernel(NETWORK_KERNEL, BACKEND);
}

/** Bytes of memory that the networks in use hold. */
export function kernelHeapBytes(): number {
  return [...machines.values()].reduce((sum, machine) => sum + machine.heapBytes(), 0);
}

function networkKernel(module: WebAssembly.Module, helpers: HelperTeam | null): KernelConfig & NetworkKernel {
  return {
    kernelName: NETWORK_KERNEL,
    backendName: BACKEND,
    prepare: (layers, weights) => {
      const plan = planFor(layers, weights, 1 + (helpers?.most ?? 0));
      if (plan === null) return null;
      const machine = createMachine(module, plan, helpers);
      const prepared: PreparedNetwork = {
        dispose: () => {
          if (machines.delete(prepared)) machine.dispose();
        },
      };
      machines.set(prepared, machine);
      return prepared;
    },
    kernelFunc: ({ inputs, backend, attrs }) => {
      const machine = machines.get((attrs as unknown as { network: PreparedNetwork }).network);
      const { picture } = inputs;
      if (machine === undefined || picture === undefined) throw new Error('a network that is not there');
      return runOn(machine, picture, backend as BackendWasm);
    },
  };
}

/** One picture after the other: threads share each. */
function runOn(machine: Machine, picture: TensorInfo, backend: BackendWasm): TensorInfo {
  const [batch = 0, rows = 0, columns = 0, channels = 0] = picture.shape;
  const length = rows * columns * channels;
  const results = Array.from({ length: batch }, (_, index) => {
    const values = backend.typedArrayFromHeap(picture) as Float32Array;
    return machine.run({ rows, columns }, values.subarray(index * length, (index + 1) * length));
  });
  const [first] = results;
  const shape = [batch, first?.rows ?? 0, first?.columns ?? 0, first?.channels ?? 0];
  const output = backend.makeOutput(shape, 'float32');
  const target = backend.typedArrayFromHeap(output) as Float32Array;
  for (const [index, { values }] of results.entries()) target.set(values, index * values.length);
  return output;
}
