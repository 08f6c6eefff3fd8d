/** Helper threads for the kernels in Node. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Threads } from '../kernels/register.ts';
import { type HelperThread, MOST_THREADS, type StartHelper } from '../kernels/team.ts';

/** Starts helpers from `script`, the built `kernel-helper.ts`; they keep no process alive. */
export const helpersFrom =
  (script: URL | string): StartHelper =>
  (onLost): HelperThread => {
    const worker = new Worker(script);
    worker.unref();
    worker.on('error', onLost).on('exit', onLost).on('messageerror', onLost);
    return {
      post: (message) => worker.postMessage(message),
      terminate: () => {
        worker.off('exit', onLost);
        void worker.terminate();
      },
    };
  };

/** Threads for a thread that looks at one picture after the other, nothing else being at work. */
export const nodeThreads = (): Threads => ({
  startHelper: helpersFrom(new URL('kernel-helper.js', import.meta.url)),
  most: Math.min(availableParallelism(), MOST_THREADS),
});
