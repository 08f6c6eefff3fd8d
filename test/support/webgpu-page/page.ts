/** Runs networks on tfjs's WebGPU backend, in a page that a test drives. */
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Layer } from '../../../src/core/model/layer.ts';
import { buildLayers } from '../../../src/core/model/network.ts';
import { readSafetensors } from '../../../src/core/model/safetensors.ts';
import { registerSeparable, unregisterSeparable } from '../../../src/kernels/webgpu/separable.ts';

/** What to run; `weights` (safetensors) and `input` (float32, one or more pictures of RGB 0..255) are addresses. */
export interface GpuJob {
  layers: Layer[];
  weights: string;
  input: string;
  heightPx: number;
  widthPx: number;
  /** Separable convolutions on Telltale's own kernel. */
  separable: boolean;
}

/** Values as the network gave them, picture after picture; `leaked` is the number of tensors left behind. */
export interface GpuOutput {
  rows: number;
  columns: number;
  channels: number;
  values: number[];
  leaked: number;
}

/** What the page offers to the test as `globalThis.gpu`. */
export interface GpuPage {
  /** The adapter's description; rejects where WebGPU does not start. */
  start(): Promise<string>;
  run(job: GpuJob): Promise<GpuOutput>;
}

async function start(): Promise<string> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter');
  const started = await tf.setBackend('webgpu');
  if (!started || tf.getBackend() !== 'webgpu') throw new Error('WebGPU did not start');
  return `${adapter.info.vendor} ${adapter.info.architecture} ${adapter.info.description}`;
}

const fetched = async (address: string): Promise<ArrayBuffer> => (await fetch(address)).arrayBuffer();

async function run({ layers, weights, input, heightPx, widthPx, separable }: GpuJob): Promise<GpuOutput> {
  if (separable) registerSeparable();
  else unregisterSeparable();
  const read = readSafetensors(new Uint8Array(await fetched(weights)));
  if (!read.ok) throw new Error(read.failure.message);
  const before = tf.memory().numTensors;
  const built = buildLayers(tf, layers, read.value);
  if (!built.ok) throw new Error(built.failure.message);
  const rgb = new Float32Array(await fetched(input));
  const length = heightPx * widthPx * 3;
  const pictures = Array.from({ length: rgb.length / length }, (_, index) =>
    rgb.subarray(index * length, (index + 1) * length),
  );
  const grids = await built.value.runBatch(pictures, heightPx, widthPx);
  built.value.dispose();
  const [first] = grids;
  if (first === undefined) throw new Error('no pictures');
  const values = grids.flatMap((grid) => [...grid.values]);
  return { ...first, values, leaked: tf.memory().numTensors - before };
}

Object.assign(globalThis, { gpu: { start, run } satisfies GpuPage });
