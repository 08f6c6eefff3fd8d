/** The thread that scores a picture as it is and degraded; apart from the main one for `screen-worker.ts`'s reasons. */
import { workerData } from 'node:worker_threads';
import { degrade, type WebpRoundTrip } from '../core/degrade/degrade.ts';
import { parseChain } from '../core/degrade/specification.ts';
import type { ScoreOutcome } from '../core/evaluate/evaluation.ts';
import { startWebpRoundTrip } from './decoders.ts';
import type { Answer, Detector } from './detector.ts';
import { serveLooks } from './looking-thread.ts';
import { type DecodedFile, decodeFile } from './screen-file.ts';
import type { EvaluateAnswer, EvaluateRequest } from './worker-messages.ts';

interface Tools {
  detector: Detector;
  webp: WebpRoundTrip;
  /** Seeds the degradations. */
  inputName: string;
}

async function scoreUnder(
  decoded: DecodedFile,
  text: string,
  { detector, webp, inputName }: Tools,
): Promise<ScoreOutcome> {
  const chain = parseChain(text);
  if (!chain.ok) throw new Error(chain.failure);
  const { image, jpegQuality } = await degrade(decoded, chain.value, { inputName, webp });
  return outcomeOf(await detector.look(image, jpegQuality));
}

const outcomeOf = (answer: Answer): ScoreOutcome =>
  answer.kind === 'abstained'
    ? { state: 'abstained', reason: answer.reason }
    : { state: 'scored', pFake: answer.pFake, level: answer.level };

await serveLooks<EvaluateRequest, EvaluateAnswer>(workerData, async ({ detector, shared }) => {
  const webp = await startWebpRoundTrip(shared);
  return async ({ file, name: inputName, chains }) => {
    const decoded = await decodeFile(file, { shared, canvas: null });
    if (!decoded.ok) return chains.map(() => ({ state: 'failed', ...decoded.failure }));
    const answer: EvaluateAnswer = [];
    for (const chain of chains) {
      answer.push(await scoreUnder(decoded.value, chain, { detector, webp, inputName }));
    }
    return answer;
  };
});
