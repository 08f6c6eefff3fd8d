/** The main thread's side of the looking thread: one request at a time, and a new thread after a broken one. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { failure, type Result, success } from '../core/result.ts';
import { failed, type Outcome } from './outcome.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.ts';

type Ready = Extract<FromWorker, { kind: 'ready' }>;

export class Looker {
  readonly #start: WorkerStart;
  #worker: Worker | null = null;

  constructor(start: WorkerStart) {
    this.#start = start;
  }

  /** Starts the thread with its model; the failure is one line that says why there is none. */
  async open(): Promise<Result<Ready, string>> {
    const script = fileURLToPath(new URL('screen-worker.js', import.meta.url));
    const worker = new Worker(script, { workerData: this.#start });
    const answer = await answerOf(worker);
    if (answer.ok && answer.value.kind === 'ready') {
      this.#worker = worker;
      return success(answer.value);
    }
    await worker.terminate();
    if (!answer.ok) return failure(`the model could not be started: ${answer.failure}`);
    return failure(answer.value.kind === 'refused' ? answer.value.message : 'the model gave no answer');
  }

  /** What the thread says about a file; `engine-failed` when it broke over it. */
  async look(request: ToWorker): Promise<Outcome> {
    if (this.#worker === null) {
      const opened = await this.open();
      if (!opened.ok) return failed('engine-failed', opened.failure);
    }
    const worker = this.#worker;
    if (worker === null) return failed('engine-failed');
    const answer = answerOf(worker);
    worker.postMessage(request);
    const answered = await answer;
    if (!answered.ok) {
      await this.close();
      return failed('engine-failed', answered.failure);
    }
    if (answered.value.kind !== 'done') throw new Error(`unexpected ${answered.value.kind}`);
    if (answered.value.worn) await this.close();
    return answered.value.outcome;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = null;
  }
}

/** The thread's next message, or why there will be none. */
function answerOf(worker: Worker): Promise<Result<FromWorker, string>> {
  return new Promise((resolve) => {
    const settle = (result: Result<FromWorker, string>) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      resolve(result);
    };
    const onMessage = (message: FromWorker) => settle(success(message));
    const onError = (error: unknown) => settle(failure(firstLine(error)));
    const onExit = () => settle(failure('its thread ended'));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]?.slice(0, 200) ?? '';
