/** The same work for many items in a few threads, each replaced when it breaks or wears out. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { failure, type Result, success } from '../core/result.ts';

/** What a thread posts for every item it was sent. */
export interface ThreadReply<Reply> {
  reply: Reply;
  /** The thread should not be used again. */
  worn: boolean;
}

export interface ThreadWork<Item, Reply> {
  /** File name of the built thread script, beside this one. */
  script: string;
  /** What every thread is started with. */
  start: unknown;
  items: readonly Item[];
  /** Called once an item, in the order of answers; the failure says in one line how its thread broke. */
  onReply(index: number, reply: Result<Reply, string>): void;
}

/** More threads than this gain nothing: they wait for memory. */
const MOST_THREADS = 8;

/** Resolves when every item has had its reply. Threads answer one item at a time. */
export async function runInThreads<Item, Reply>(work: ThreadWork<Item, Reply>): Promise<void> {
  let next = 0;
  const serve = async (): Promise<void> => {
    let worker: Worker | null = null;
    while (next < work.items.length) {
      const index = next++;
      worker ??= new Worker(fileURLToPath(new URL(work.script, import.meta.url)), { workerData: work.start });
      const answer = answerOf<ThreadReply<Reply>>(worker);
      worker.postMessage(work.items[index]);
      const answered = await answer;
      work.onReply(index, answered.ok ? success(answered.value.reply) : answered);
      if (answered.ok && !answered.value.worn) continue;
      await worker.terminate();
      worker = null;
    }
    await worker?.terminate();
  };
  const threads = Math.min(availableParallelism(), MOST_THREADS, work.items.length);
  await Promise.all(Array.from({ length: threads }, serve));
}

/** The thread's next message, or why there will be none. */
function answerOf<Message>(worker: Worker): Promise<Result<Message, string>> {
  return new Promise((resolve) => {
    const settle = (result: Result<Message, string>) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      resolve(result);
    };
    const onMessage = (message: Message) => settle(success(message));
    const onError = (error: unknown) => settle(failure(firstLine(error)));
    const onExit = () => settle(failure('its thread ended'));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]?.slice(0, 200) ?? '';
