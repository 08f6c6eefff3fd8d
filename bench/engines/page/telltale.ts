/** Telltale's own way: the backends of the engine and the network of core; a batch at once where that is faster, which it is on WebGPU. */
import * as tf from '@tensorflow/tfjs-core';
import { buildLayers, type NetworkKernels } from '../../../src/core/model/network.ts';
import { hasSeparable } from '../../../src/core/model/separable.ts';
import { startWasm, startWebGpu } from '../../../src/engine/backends.ts';
import { browserThreads } from '../../../src/engine/kernel-threads.ts';
import { supportedVariants } from '../../../src/kernels/kernels.ts';
import { useThreads } from '../../../src/kernels/register.ts';
import { type Candidate, fasterOf } from '../../../src/kernels/webgpu/choice.ts';
import { type Logits, type Prepared, picturesOf, type Task } from '../task.ts';
import { networkOf } from './serve.ts';

interface Runner extends Candidate {
  run: () => Promise<Float32Array>;
}

/** The task on the packaged WASM backend, or on WebGPU where the adapter is a real one, by the faster kernels there. */
export async function prepareTelltale(task: Task, device: 'wasm' | 'webgpu', threads = 1): Promise<Prepared> {
  const started = await (device === 'wasm'
    ? startWasm(supportedVariants()[0] ?? 'stock', browserThreads())
    : startWebGpu(false));
  if (!started.ok) throw new Error(started.failure.reason);
  useThreads(threads);
  const { layers, weights } = await networkOf(task);
  const { sizePx, batch } = task;
  const rgb = picturesOf(task);
  const pictures = Array.from({ length: batch }, (_, index) =>
    rgb.subarray(index * sizePx * sizePx * 3, (index + 1) * sizePx * sizePx * 3),
  );
  const build = (kernels: NetworkKernels): Runner => {
    const built = buildLayers(tf, layers, weights, kernels);
    if (!built.ok) throw new Error(built.failure.message);
    const { run, runBatch, prefersBatches, dispose } = built.value;
    const grids = () =>
      prefersBatches
        ? runBatch(pictures, sizePx, sizePx)
        : Promise.all(pictures.map((picture) => run(picture, sizePx, sizePx)));
    return { run: async () => joined((await grids()).map(({ values }) => values)), dispose };
  };
  // As the engine: no choice for networks that there are no kernels for.
  const chooses = device === 'webgpu' && hasSeparable(layers);
  const { run } = chooses ? (await fasterOf(build)).chosen : build('own');
  return { run: async (): Promise<Logits> => ({ layout: 'NHWC', values: await run() }) };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const values = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    values.set(part, offset);
    offset += part.length;
  }
  return values;
}
