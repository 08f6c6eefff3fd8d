/** The process of onnxruntime-node: prepares one session, then runs and times it as often as it is asked to. */
import { createRequire } from 'node:module';
import { prepareSession } from './onnx-runtime.mjs';

/**
 * @typedef {import('./node-contestant.ts').ChildRequest} ChildRequest
 * @typedef {import('./page/messages.ts').Reply} Reply
 */

const PACKAGE = 'onnxruntime-node';

/** @type {import('./task.ts').Prepared | null} */
let prepared = null;

/**
 * @param {ChildRequest} request
 * @returns {Promise<Reply>}
 */
async function answer(request) {
  if (request.kind === 'prepare') {
    const runtime = createRequire(import.meta.url)(PACKAGE);
    prepared = await prepareSession(runtime, request, {
      executionProviders: ['cpu'],
      intraOpNumThreads: request.threads,
      interOpNumThreads: 1,
    });
    return { kind: 'prepared' };
  }
  if (prepared === null) throw new Error('nothing is prepared');
  const startedAt = performance.now();
  const logits = await prepared.run();
  const milliseconds = performance.now() - startedAt;
  return { kind: 'ran', milliseconds, logits: request.wantsLogits ? logits : null };
}

process.on('message', async (/** @type {ChildRequest} */ request) => {
  const reply = await answer(request).catch((/** @type {unknown} */ error) => ({
    kind: 'failed',
    message: error instanceof Error ? error.message : String(error),
  }));
  process.send?.(reply);
});
