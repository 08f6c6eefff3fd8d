/** Runs networks on tfjs's WebGPU backend, in a page that a test drives. */
import '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Layer } from '../../../src/core/model/layer.ts';
import { buildLayers, type LayerNetwork, type NetworkKernels } from '../../../src/core/model/network.ts';
import { readSafetensors } from '../../../src/core/model/safetensors.ts';
import { fasterOf } from '../../../src/kernels/webgpu/choice.ts';
import { registerSeparable } from '../../../src/kernels/webgpu/separable.ts';

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
  /** Lets both kinds of kernels run the job and returns which one was kept, and what it gives. */
  choose(job: GpuJob): Promise<{ kernels: 'own' | 'stock'; values: number[]; leaked: number }>;
}

async function start(): Promise<string> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error('no WebGPU adapter');
  const started = await tf.setBackend('webgpu');
  if (!started || tf.getBackend() !== 'webgpu') throw new Error('WebGPU did not start');
  return `${adapter.info.vendor} ${adapter.info.architecture} ${adapter.info.description}`;
}

const fetched = async (address: string): Promise<ArrayBuffer> => (await fetch(address)).arrayBuffer();

async function run(job: GpuJob): Promise<GpuOutput> {
  registerSeparable();
  const before = tf.memory().numTensors;
  const { network, pictures } = await prepare(job);
  const built = network(job.separable ? 'own' : 'stock');
  const grids = await built.runBatch(pictures, job.heightPx, job.widthPx);
  built.dispose();
  const [first] = grids;
  if (first === undefined) throw new Error('no pictures');
  const values = grids.flatMap((grid) => [...grid.values]);
  return { ...first, values, leaked: tf.memory().numTensors - before };
}

async function choose(job: GpuJob): ReturnType<GpuPage['choose']> {
  const before = tf.memory().numTensors;
  const { network, pictures } = await prepare(job);
  const { chosen, kernels } = await fasterOf((kind) => {
    const { runBatch, dispose } = network(kind);
    const grids = () => runBatch(pictures, job.heightPx, job.widthPx);
    return { run: async () => (await grids()).flatMap(({ values }) => [...values]), dispose };
  });
  const values = await chosen.run();
  chosen.dispose();
  return { kernels, values, leaked: tf.memory().numTensors - before };
}

/** The job's pictures, and a way to build its network on either kind of kernels. */
async function prepare({ layers, weights, input, heightPx, widthPx }: GpuJob) {
  const read = readSafetensors(new Uint8Array(await fetched(weights)));
  if (!read.ok) throw new Error(read.failure.message);
  const rgb = new Float32Array(await fetched(input));
  const length = heightPx * widthPx * 3;
  const pictures = Array.from({ length: rgb.length / length }, (_, index) =>
    rgb.subarray(index * length, (index + 1) * length),
  );
  const network = (kernels: NetworkKernels): LayerNetwork => {
    const built = buildLayers(tf, layers, read.value, kernels);
    if (!built.ok) throw new Error(built.failure.message);
    return built.value;
  };
  return { network, pictures };
}

Object.assign(globalThis, { gpu: { start, run, choose } satisfies GpuPage });
