/** Starts tfjs on a backend and says honestly which one it is. Never `cpu`: it is forty times slower than WASM. */
import { BackendWasm, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plainUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { failure, type Result, success } from '../core/result.ts';
import type { KernelKind } from '../kernels/kinds.ts';
import { kernelHeapBytes, type Threads, useKernels } from '../kernels/register.ts';
import type { EngineFault } from '../protocol/engine-fault.ts';

/** A running backend. */
export interface StartedBackend {
  name: 'webgpu' | 'wasm';
  /** What networks that are built now run on. */
  kernels: KernelKind;
  /** Resolves with the reason when the device is lost; never on WASM. */
  lost: Promise<EngineFault>;
}

/**
 * Starts WebGPU when there is a real adapter. A fallback adapter is software: slower than WASM, and the usual way in
 * which tests run WebGPU at all (`allowFallbackAdapter`). The failure says which of these it was.
 */
export async function startWebGpu(
  allowFallbackAdapter: boolean,
): Promise<Result<StartedBackend, EngineFault>> {
  const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return failure({ reason: 'no-adapter' });
  if (isFallback(adapter) && !allowFallbackAdapter) return failure({ reason: 'emulated' });
  const started = await tf.setBackend('webgpu');
  const backend = tf.backend();
  if (!started || tf.getBackend() !== 'webgpu' || !(backend instanceof WebGPUBackend)) {
    return failure({ reason: 'refused' });
  }
  const lost = backend.device.lost.then(
    ({ reason }: GPUDeviceLostInfo): EngineFault => ({ reason: 'device-lost', detail: reason }),
  );
  return success({ name: 'webgpu', kernels: 'stock', lost });
}

/** Moved from the adapter to its info between Chrome versions. */
const isFallback = (adapter: GPUAdapter): boolean =>
  adapter.info?.isFallbackAdapter ?? ('isFallbackAdapter' in adapter && adapter.isFallbackAdapter === true);

/**
 * Starts WASM with SIMD where there is any; networks run on `kernels`, which must be supported, and of these only
 * Telltale's own may use `threads`.
 */
export async function startWasm(
  kernels: KernelKind,
  threads: Threads | null,
): Promise<Result<StartedBackend, EngineFault>> {
  // tfjs's threaded build loads a script from a blob:, which the extension's policy forbids.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plainUrl,
    'tfjs-backend-wasm-simd.wasm': simdUrl,
    'tfjs-backend-wasm-threaded-simd.wasm': simdUrl,
  });
  // Returns false and leaves another backend active when WebAssembly is refused.
  const started = await tf.setBackend('wasm');
  if (!started || tf.getBackend() !== 'wasm') return failure({ reason: 'refused' });
  await useKernels(kernels, threads);
  return success({ name: 'wasm', kernels, lost: new Promise(() => undefined) });
}

/** Bytes of WASM memory held by the backend in use and by Telltale's own kernels; 0 on WebGPU. */
export function backendHeapBytes(): number {
  const backend = tf.backend();
  if (!(backend instanceof BackendWasm)) return 0;
  // The published types lean on @types/emscripten, which is not there.
  const module = backend.wasm as unknown as { HEAPU8: Uint8Array };
  return module.HEAPU8.buffer.byteLength + kernelHeapBytes();
}
