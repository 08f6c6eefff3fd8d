/** Helper threads for the kernels in a browser. */
import type { Threads } from '../kernels/register.ts';
import { MOST_THREADS, type StartHelper } from '../kernels/team.ts';

/** Threads of this worker; null where there is one, or no memory to share, which takes cross-origin isolation. */
export function browserThreads(): Threads | null {
  if (!globalThis.crossOriginIsolated) return null;
  const most = Math.min(MOST_THREADS, navigator.hardwareConcurrency);
  return most > 1 ? { startHelper, most } : null;
}

const startHelper: StartHelper = (onLost) => {
  const worker = new Worker(new URL('./kernel-helper.ts', import.meta.url), { type: 'module' });
  worker.onerror = (event) => {
    // Else it goes on as an error of the worker that started it, which would end for it.
    event.preventDefault();
    onLost();
  };
  worker.onmessageerror = onLost;
  return {
    post: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
  };
};
