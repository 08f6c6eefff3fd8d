/** The packaged engine's worker without its host: started in one of the extension's own pages. */
import type { Session } from '../../scripts/lib/extension.mjs';
import type { WorkerReply, WorkerRequest } from '../../src/engine/worker-protocol.ts';
import { builtFiles } from './build-output.ts';

export const ENGINE_START: WorkerRequest = { kind: 'start', prefer: 'wasm', allowFallbackAdapter: false };

/** Starts the worker, posts one round of requests after the other, and resolves with its first reply to each round. */
export function askEngineWorker(
  session: Session,
  rounds: readonly (readonly WorkerRequest[])[],
): Promise<WorkerReply[]> {
  const [file] = builtFiles('chrome').filter((name) => /^assets\/worker-[^/]*\.js$/.test(name));
  // Only JSON reaches the page.
  const plain = (_key: string, value: unknown) => (value instanceof Uint8Array ? [...value] : value);
  return session.desk.evaluate(
    async (url, json) => {
      const worker = new Worker(url, { type: 'module' });
      const replies: WorkerReply[] = [];
      for (const round of JSON.parse(json)) {
        const reply = new Promise<WorkerReply>((resolve, reject) => {
          worker.onerror = (event) => reject(new Error(event.message));
          worker.onmessage = ({ data }) => resolve(data);
        });
        for (const request of round) {
          worker.postMessage(
            'bytes' in request ? { ...request, bytes: Uint8Array.from(request.bytes) } : request,
          );
        }
        replies.push(await reply);
      }
      worker.terminate();
      return replies;
    },
    `/${file}`,
    JSON.stringify(rounds, plain),
  );
}
