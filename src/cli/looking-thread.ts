/** What the threads that look at pictures with a model have in common. */
import { parentPort } from 'node:worker_threads';
import type { SharedDecoders } from '../core/image/shared-decoders.ts';
import { type Threads, useThreads } from '../kernels/register.ts';
import { startBackend } from './backend.ts';
import { startDecoders } from './decoders.ts';
import type { Detector } from './detector.ts';
import { openModel } from './open-model.ts';
import type { FromWorker, WorkerStart } from './worker-messages.ts';

export interface LookingTools {
  detector: Detector;
  shared: SharedDecoders;
}

/** Answers one request. */
type Look<Request, Answer> = (request: Request) => Promise<Answer>;

/**
 * Starts backend, model and decoders, says that the thread is ready or why it is not, and answers each message with what
 * `prepare`'s function makes of it. A picture is shared among `threads`; null leaves it to this one alone.
 */
export async function serveLooks<Request, Answer>(
  { model, backend, look }: WorkerStart,
  prepare: (tools: LookingTools) => Promise<Look<Request, Answer>>,
  threads: Threads | null = null,
): Promise<void> {
  const reply = (message: FromWorker<Answer>): void => parentPort?.postMessage(message);
  const started = await startBackend(backend, threads);
  if (!started.ok) return reply({ kind: 'refused', message: started.failure });
  if (threads !== null) useThreads(threads.most);
  const opened = await openModel(started.value.tf, model, look);
  if (!opened.ok) return reply({ kind: 'refused', message: opened.failure });
  const { detector, facts, note } = opened.value;
  const shared = await startDecoders();
  const answerTo = await prepare({ detector, shared });
  parentPort?.on('message', async (request: Request) => {
    const answer = await answerTo(request);
    reply({ kind: 'done', answer, worn: shared.isWorn() });
  });
  const { name, kernels } = started.value;
  reply({ kind: 'ready', model: facts, backend: name, kernels, note });
}
