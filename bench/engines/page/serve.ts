/** The loop of an engine's worker: prepares one task, then runs and times it as often as it is asked to. */
import type { Layer } from '../../../src/core/model/layer.ts';
import { readSafetensors, type Weights } from '../../../src/core/model/safetensors.ts';
import type { Prepared, Task } from '../task.ts';
import type { Reply, Request } from './messages.ts';

/** Brings a task onto an engine. */
type Prepare = (task: Task, threads: number) => Promise<Prepared>;

/** Answers the page's requests from now on. */
export function serve(prepare: Prepare): void {
  let prepared: Prepared | null = null;
  const answer = async (request: Request): Promise<Reply> => {
    if (request.kind === 'prepare') {
      prepared = await prepare(request.task, request.threads);
      return { kind: 'prepared' };
    }
    if (prepared === null) throw new Error('nothing is prepared');
    const startedAt = performance.now();
    const logits = await prepared.run();
    const milliseconds = performance.now() - startedAt;
    return { kind: 'ran', milliseconds, logits: request.wantsLogits ? logits : null };
  };
  self.onmessage = async ({ data }: MessageEvent<Request>) => {
    const reply = await answer(data).catch((error: unknown): Reply => {
      return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
    });
    self.postMessage(reply);
  };
}

/** A file that the benchmark's server makes of a network. */
export async function fileOf({ network }: Pick<Task, 'network'>, name: string): Promise<Uint8Array> {
  const response = await fetch(`/networks/${network}/${name}`);
  if (!response.ok) throw new Error(`${network}/${name}: status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Layers and weights of the task's network. */
export async function networkOf(task: Task): Promise<{ layers: Layer[]; weights: Weights }> {
  const [layers, weights] = await Promise.all([
    fileOf(task, 'layers.json'),
    fileOf(task, 'weights.safetensors'),
  ]);
  const read = readSafetensors(weights);
  if (!read.ok) throw new Error(`${task.network}: ${read.failure.message}`);
  return { layers: JSON.parse(new TextDecoder().decode(layers)), weights: read.value };
}
