/** Real workers for the pool. */
import { thrownFault } from '../protocol/engine-fault.ts';
import type { WorkerFactory } from './pool.ts';

/** Starts `worker.ts` as a module worker; its uncaught errors, and messages that cannot be read, count as errors. */
export const browserWorker: WorkerFactory = ({ onMessage, onError }) => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = (event: MessageEvent<unknown>) => onMessage(event.data);
  worker.onerror = (event) => onError(event.message ? thrownFault(event.message) : { reason: 'not-loaded' });
  worker.onmessageerror = () => onError({ reason: 'bad-answer' });
  return {
    post: (request) => worker.postMessage(request),
    terminate: () => worker.terminate(),
  };
};
