/** tfjs on a backend in Node, for tests. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/** Starts `backend` with one thread; rejects when another one stays active, which tfjs only whispers. */
export async function startBackend(backend: 'wasm' | 'cpu'): Promise<typeof tf> {
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  if (backend === 'wasm' && tf.findBackend('wasm') === null) {
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    setWasmPaths(join(dirname(entry), '../wasm-out/'));
  }
  const started = await tf.setBackend(backend);
  if (!started || tf.getBackend() !== backend) throw new Error(`${backend} did not start`);
  return tf;
}
