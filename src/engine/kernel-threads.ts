/** Helper threads for the kernels in a browser. */
import type { Network } from '../core/model/network.ts';
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

/**
 * `network` with a turn of the event loop before every tile: a browser goes on starting a worker's own workers, and hands
 * them their first messages, only between that worker's tasks, and all tiles of a picture would be one task.
 */
export const welcoming = (network: Network): Network => ({
  ...network,
  forward: async (...tile) => {
    await nextTask();
    return network.forward(...tile);
  },
});

/** A timer would wait four milliseconds from the fifth in a row on. */
const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
