/** How ONNX Runtime is used, in the browser as in Node. Its packages are absent until the benchmark has run once. */

/**
 * As much of its interface as is used here.
 * @typedef {{ getData(): Promise<unknown> }} RuntimeTensor
 * @typedef {{ run(feeds: Record<string, RuntimeTensor>): Promise<Record<string, RuntimeTensor>> }} Session
 * @typedef {{
 *   env: { wasm: { numThreads?: number, wasmPaths?: string, proxy?: boolean } },
 *   InferenceSession: { create(model: Uint8Array, options: Record<string, unknown>): Promise<Session> },
 *   Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => RuntimeTensor,
 * }} OnnxRuntime
 */

/**
 * A session on `model` with all graph optimisations, which runs `planes`, pictures of `shape` [batch, 3, rows, columns].
 * @param {OnnxRuntime} runtime
 * @param {{ model: Uint8Array, planes: Float32Array, shape: readonly number[] }} task
 * @param {Record<string, unknown>} options what the session is told besides
 * @returns {Promise<import('./task.ts').Prepared>}
 */
export async function prepareSession(runtime, { model, planes, shape }, options) {
  const session = await runtime.InferenceSession.create(model, {
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    enableCpuMemArena: true,
    enableMemPattern: true,
    ...options,
  });
  return {
    run: async () => {
      const { logits } = await session.run({ input: new runtime.Tensor('float32', planes, shape) });
      const values = await logits?.getData();
      if (!(values instanceof Float32Array)) throw new Error('the session returned no float32 logits');
      return { layout: 'NCHW', values };
    },
  };
}
