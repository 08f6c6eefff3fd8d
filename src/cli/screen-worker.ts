/**
 * The thread that looks at pictures. A forward pass blocks its thread, so the main one, which draws progress and obeys
 * Ctrl-C, must be another; and what breaks here takes nothing with it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { useThreads } from '../kernels/register.ts';
import { startBackend } from './backend.ts';
import { pngFrom, startDecoders } from './decoders.ts';
import { writeWhole } from './files.ts';
import { heatmapOver } from './heatmap.ts';
import { nodeThreads } from './kernel-threads.ts';
import { openModel } from './open-model.ts';
import { failed, type Outcome } from './outcome.ts';
import { type ScreenedFile, screenFile } from './screen-file.ts';
import type { FromWorker, ScreenRequest, WorkerStart } from './worker-messages.ts';

const reply = (message: FromWorker<Outcome>): void => parentPort?.postMessage(message);

async function start({ model, backend, look }: WorkerStart): Promise<void> {
  const threads = nodeThreads();
  const started = await startBackend(backend, threads);
  if (!started.ok) return reply({ kind: 'refused', message: started.failure });
  useThreads(threads.most);
  const opened = await openModel(started.value.tf, model, look);
  if (!opened.ok) return reply({ kind: 'refused', message: opened.failure });
  const { detector, facts, note } = opened.value;
  const shared = await startDecoders();
  parentPort?.on('message', async ({ path, heatmapFile }: ScreenRequest) => {
    const screened = await screenFile(path, detector, { shared, canvas: null });
    const outcome = heatmapFile === null ? screened.outcome : await withHeatmap(screened, heatmapFile);
    reply({ kind: 'done', answer: outcome, worn: shared.isWorn() });
  });
  const { name: backendName, kernels } = started.value;
  reply({ kind: 'ready', model: facts, backend: backendName, kernels, note });
}

async function withHeatmap({ outcome, answer }: ScreenedFile, file: string): Promise<Outcome> {
  if (answer?.kind !== 'scored') return outcome;
  const png = await pngFrom(heatmapOver(answer.picture, answer.map));
  try {
    writeWhole(file, png);
    return outcome;
  } catch (error) {
    return failed('heatmap-not-written', error instanceof Error ? error.message : null, outcome.ms);
  }
}

await start(workerData);
