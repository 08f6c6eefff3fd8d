/** Stock tfjs: a layers model on its WASM backend, in a worker of its own where nobody registered other kernels. */
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plainUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url';
import { type Logits, type Prepared, picturesOf, type Task } from '../task.ts';
import { layersModel } from './layers-model.ts';
import { networkOf, serve } from './serve.ts';

serve(prepare);

async function prepare(task: Task): Promise<Prepared> {
  tf.enableProdMode();
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plainUrl,
    'tfjs-backend-wasm-simd.wasm': simdUrl,
    'tfjs-backend-wasm-threaded-simd.wasm': simdUrl,
  });
  const started = await tf.setBackend('wasm');
  if (!started || tf.getBackend() !== 'wasm') throw new Error('tfjs did not start WASM');
  const { layers, weights } = await networkOf(task);
  const { sizePx, batch } = task;
  const model = layersModel({ layers, weights }, sizePx);
  const rgb = picturesOf(task);
  return {
    run: async (): Promise<Logits> => {
      const output = tf.tidy(() => {
        const result = model.predict(tf.tensor4d(rgb, [batch, sizePx, sizePx, 3]), { batchSize: batch });
        if (Array.isArray(result)) throw new Error('the model has more than one output');
        return result;
      });
      const values = await output.data<'float32'>();
      output.dispose();
      return { layout: 'NHWC', values };
    },
  };
}
