/** The thread that scores a picture as it is and degraded; apart from the main one for `screen-worker.ts`'s reasons. */
import { parentPort, workerData } from 'node:worker_threads';
import { degrade } from '../core/degrade/degrade.ts';
import { parseChain } from '../core/degrade/specification.ts';
import type { ScoreOutcome } from '../core/evaluate/evaluation.ts';
import { startBackend } from './backend.ts';
import { startDecoders, startWebpRoundTrip } from './decoders.ts';
import type { Answer } from './detector.ts';
import { openModel } from './open-model.ts';
import { type DecodedFile, decodeFile } from './screen-file.ts';
import type { EvaluateAnswer, EvaluateRequest, FromWorker, WorkerStart } from './worker-messages.ts';

const reply = (message: FromWorker<EvaluateAnswer>): void => parentPort?.postMessage(message);

async function start({ model, backend, look }: WorkerStart): Promise<void> {
  const started = await startBackend(backend);
  if (!started.ok) return reply({ kind: 'refused', message: started.failure });
  const opened = await openModel(started.value.tf, model, look);
  if (!opened.ok) return reply({ kind: 'refused', message: opened.failure });
  const { detector, facts, note } = opened.value;
  const shared = await startDecoders();
  const webp = await startWebpRoundTrip(shared);

  const scoreUnder = async (decoded: DecodedFile, text: string, inputName: string): Promise<ScoreOutcome> => {
    const chain = parseChain(text);
    if (!chain.ok) throw new Error(chain.failure);
    const { image, jpegQuality } = await degrade(decoded, chain.value, { inputName, webp });
    return outcomeOf(await detector.look(image, jpegQuality));
  };
  parentPort?.on('message', async ({ file, name, chains }: EvaluateRequest) => {
    const decoded = await decodeFile(file, { shared, canvas: null });
    const answer: EvaluateAnswer = [];
    for (const chain of chains) {
      answer.push(
        decoded.ok ? await scoreUnder(decoded.value, chain, name) : { state: 'failed', ...decoded.failure },
      );
    }
    reply({ kind: 'done', answer, worn: shared.isWorn() });
  });
  const { name: backendName, kernels } = started.value;
  reply({ kind: 'ready', model: facts, backend: backendName, kernels, note });
}

const outcomeOf = (answer: Answer): ScoreOutcome =>
  answer.kind === 'abstained'
    ? { state: 'abstained', reason: answer.reason }
    : { state: 'scored', pFake: answer.pFake, level: answer.level };

await start(workerData);
