/** Helper threads for the kernels in a browser. */
import type { Threads } from '../kernels/register.ts';
import { MOST_THREADS, type StartHelper } from '../kernels/team.ts';

/** Threads of this worker; null where there is one, or no memory to share, which takes cross-origin isolation. */
export function browserThreads(): Threads | null {
  const threads = Math.min(MOST_THREADS, navigator.hardwareConcurrency);
  return globalThis.crossOriginIsolated && threads > 1 ? { startHelper, most: threads } : null;
}

const startHelper: StartHelper = (onLost) => {
  const worker = new Worker(new URL('./kernel-helper.ts', import.meta.url), { type: 'module' });
  worker.onerror = onLost;
  worker.onmessageerror = onLost;
  return {
    post: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
  };
};
