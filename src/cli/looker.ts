/** The main thread's side of the looking thread: one request at a time, and a new thread after a broken one. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { failure, type Result, success } from '../core/result.ts';
import type { FromWorker, WorkerStart } from './worker-messages.ts';

export type Ready = Extract<FromWorker<never>, { kind: 'ready' }>;

export interface LookerOptions<Request, Answer> {
  /** File name of the built thread script, beside this one. */
  script: string;
  start: WorkerStart;
  /** The answer for a request that its thread broke over, with one line on why. */
  broken(detail: string, request: Request): Answer;
}

export class Looker<Request, Answer> {
  readonly #options: LookerOptions<Request, Answer>;
  #worker: Worker | null = null;

  constructor(options: LookerOptions<Request, Answer>) {
    this.#options = options;
  }

  /** Starts the thread with its model; the failure is one line that says why there is none. */
  async open(): Promise<Result<Ready, string>> {
    const script = fileURLToPath(new URL(this.#options.script, import.meta.url));
    const worker = new Worker(script, { workerData: this.#options.start });
    const answer = await answerOf<Answer>(worker);
    if (answer.ok && answer.value.kind === 'ready') {
      this.#worker = worker;
      return success(answer.value);
    }
    await worker.terminate();
    if (!answer.ok) return failure(`the model could not be started: ${answer.failure}`);
    return failure(answer.value.kind === 'refused' ? answer.value.message : 'the model gave no answer');
  }

  /** What the thread says about a file; `broken` when it broke over it. */
  async look(request: Request): Promise<Answer> {
    if (this.#worker === null) {
      const opened = await this.open();
      if (!opened.ok) return this.#options.broken(opened.failure, request);
    }
    const worker = this.#worker;
    if (worker === null) return this.#options.broken('its thread ended', request);
    const answer = answerOf<Answer>(worker);
    worker.postMessage(request);
    const answered = await answer;
    if (!answered.ok) {
      await this.close();
      return this.#options.broken(answered.failure, request);
    }
    if (answered.value.kind !== 'done') throw new Error(`unexpected ${answered.value.kind}`);
    if (answered.value.worn) await this.close();
    return answered.value.answer;
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = null;
  }
}

/** The thread's next message, or why there will be none. */
function answerOf<Answer>(worker: Worker): Promise<Result<FromWorker<Answer>, string>> {
  return new Promise((resolve) => {
    const settle = (result: Result<FromWorker<Answer>, string>) => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      resolve(result);
    };
    const onMessage = (message: FromWorker<Answer>) => settle(success(message));
    const onError = (error: unknown) => settle(failure(firstLine(error)));
    const onExit = () => settle(failure('its thread ended'));
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
  });
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]?.slice(0, 200) ?? '';
