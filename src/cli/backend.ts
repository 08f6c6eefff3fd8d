/** Starts tfjs on a backend in Node and says honestly which one it is. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { failure, type Result, success } from '../core/result.ts';
import type { Backend } from '../core/verdict.ts';
import { supportedVariants } from '../kernels/kernels.ts';
import type { KernelKind, KernelVariant } from '../kernels/kinds.ts';
import { registerProven } from '../kernels/proven.ts';
import { registerKernels, type Threads } from '../kernels/register.ts';
import type { BackendChoice } from './arguments.ts';

/** A running backend. */
export interface StartedBackend {
  name: Backend;
  /** What networks that are built now run on. */
  kernels: KernelKind;
  tf: typeof tf;
}

/**
 * The backend of that name; `auto` is WebGPU where Node offers a real adapter and WASM elsewhere, never `cpu`. The failure
 * is a phrase for people. Telltale's own kernels may use `threads`.
 */
export async function startBackend(
  choice: BackendChoice,
  threads: Threads | null = null,
): Promise<Result<StartedBackend, string>> {
  // Without it the plain JavaScript backend advertises another package on its first use.
  tf.enableProdMode();
  if (choice === 'cpu') return startCpu();
  if (choice === 'wasm') return startWasm(threads);
  const fast = await startWebGpu();
  return fast.ok || choice === 'webgpu' ? fast : startWasm(threads);
}

async function startWebGpu(): Promise<Result<StartedBackend, string>> {
  const adapter = await gpu()?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return failure('there is no WebGPU adapter: this Node offers no graphics processor');
  if (adapter.info?.isFallbackAdapter) return failure('there is no WebGPU adapter: only an emulated one');
  await import('@tensorflow/tfjs-backend-webgpu');
  return set('webgpu');
}

/** Node itself has none up to version 24; a module given with `--import` may put one there. */
const gpu = (): GPU | undefined => (globalThis.navigator as Navigator | undefined)?.gpu;

async function startWasm(threads: Threads | null): Promise<Result<StartedBackend, string>> {
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  // tfjs itself has one thread, as in the browsers: its threaded build starts its workers from a script of its own.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths(`${path.join(path.dirname(entry), '..', 'wasm-out')}${path.sep}`);
  const started = await set('wasm');
  if (!started.ok) return started;
  // Where memory for several threads fails, one thread is still faster than tfjs.
  for (const shared of threads === null ? [null] : [threads, null]) {
    const register = (variant: KernelVariant) => registerKernels(variant, shared);
    const kernels = await registerProven(tf, supportedVariants(), register);
    if (kernels !== 'stock') return success({ ...started.value, kernels });
  }
  return started;
}

async function startCpu(): Promise<Result<StartedBackend, string>> {
  await import('@tensorflow/tfjs-backend-cpu');
  return set('cpu');
}

/** tfjs only whispers when a backend does not start, and leaves another one active. */
async function set(name: Backend): Promise<Result<StartedBackend, string>> {
  const started = await tf.setBackend(name);
  if (!started || tf.getBackend() !== name) return failure(`the backend ${name} could not be started`);
  return success({ name, kernels: 'stock', tf });
}
