/** ONNX Runtime Web as its package delivers it, from the benchmark's own server. */
import { type OnnxRuntime, prepareSession } from '../onnx-runtime.mjs';
import { type Prepared, picturesOf, planarFrom, type Task } from '../task.ts';
import { fileOf } from './serve.ts';

/** The task on ONNX Runtime's WASM or WebGPU provider, its pictures as planes, which is what it works on. */
export async function prepareOrt(
  task: Task,
  { provider, threads }: { provider: 'wasm' | 'webgpu'; threads: number },
): Promise<Prepared> {
  const runtime: OnnxRuntime = await import(/* @vite-ignore */ `/ort/ort.${provider}.min.mjs`);
  runtime.env.wasm.wasmPaths = '/ort/';
  runtime.env.wasm.numThreads = threads;
  runtime.env.wasm.proxy = false;
  const { sizePx, batch } = task;
  const model = await fileOf(task, `${sizePx}x${batch}.onnx`);
  const input = { model, planes: planarFrom(picturesOf(task), task), shape: [batch, 3, sizePx, sizePx] };
  return prepareSession(runtime, input, { executionProviders: [provider] });
}
