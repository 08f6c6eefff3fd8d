/** Helper threads for the kernels in a browser. */
import type { Threads } from '../kernels/register.ts';
import type { StartHelper } from '../kernels/team.ts';

/** Up to `most` threads of this worker; null where pages share no memory, which takes cross-origin isolation. */
export function browserThreads(most: number): Threads | null {
  const threads = Math.min(most, navigator.hardwareConcurrency);
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
