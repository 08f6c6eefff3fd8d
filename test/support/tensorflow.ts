/** tfjs on a backend in Node, for tests. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { registerKernels, unregisterKernels } from '../../src/kernels/register.ts';

/**
 * Starts `backend` with one thread, `kernels` being tfjs's WASM with Telltale's own kernels and `wasm` without; rejects
 * when another one stays active, which tfjs only whispers.
 */
export async function startBackend(name: 'kernels' | 'wasm' | 'cpu'): Promise<typeof tf> {
  const backend = name === 'cpu' ? 'cpu' : 'wasm';
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  if (backend === 'wasm' && tf.findBackend('wasm') === null) {
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    setWasmPaths(join(dirname(entry), '../wasm-out/'));
  }
  const started = await tf.setBackend(backend);
  if (!started || tf.getBackend() !== backend) throw new Error(`${backend} did not start`);
  if (name !== 'kernels') unregisterKernels();
  else if ((await registerKernels()) === null) throw new Error('there is no SIMD');
  return tf;
}
