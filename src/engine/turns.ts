/** A turn of the event loop before every tile. */
import type { Network } from '../core/model/network.ts';

/**
 * `network` with a turn of the event loop before every pass, which rejects with the reason of `signal` once that has
 * aborted. All tiles of a picture would be one task on WebAssembly otherwise, and between tasks only does a worker hear
 * that nobody waits any more, and does a browser go on starting the worker's own workers and hand them their first messages.
 */
export function inTurns({ forward, forwardBatch, dispose }: Network, signal: AbortSignal): Network {
  const turn = async (): Promise<void> => {
    await nextTask();
    signal.throwIfAborted();
  };
  return {
    forward: async (...tile) => {
      await turn();
      return forward(...tile);
    },
    ...(forwardBatch === undefined
      ? {}
      : {
          forwardBatch: async (...tiles) => {
            await turn();
            return forwardBatch(...tiles);
          },
        }),
    dispose,
  };
}

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
