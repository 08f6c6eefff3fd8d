/** Scores every picture under every degradation with one model, in a few threads. */
import { availableParallelism } from 'node:os';
import type { EvaluatedItem, EvaluatedModel } from '../core/evaluate/evaluation.ts';
import type { ScoreRecord } from '../core/evaluate/record.ts';
import { type Result, success } from '../core/result.ts';
import type { EvaluateCommand, ModelReference } from './arguments.ts';
import { type Dataset, fileOf } from './dataset-files.ts';
import { stampOf } from './files.ts';
import type { Journal } from './journal.ts';
import { Looker, type Ready } from './looker.ts';
import type { EvaluateAnswer, EvaluateRequest } from './worker-messages.ts';

/** More threads than this wait for memory: each holds a model and its tensors, some 300 MB. */
const USUAL_MOST_THREADS = 4;
/** Where nobody chose a rate of false alarms. */
const USUAL_FALSE_POSITIVE_TARGET = 0.05;

export interface EvaluationRun {
  command: EvaluateCommand;
  dataset: Pick<Dataset, 'folder'>;
  items: readonly EvaluatedItem[];
  /** Names of chains. */
  chains: readonly string[];
  journal: Journal;
  /** After each picture: how many combinations of this model are done, and the picture's path. */
  onProgress(done: number, path: string): void;
  /** One line on what was assumed about the model. */
  onNote(note: string): void;
}

/** Scores what the journal does not hold yet; the failure is one line that says why the model cannot be used. */
export async function scoreWithModel(
  reference: ModelReference,
  run: EvaluationRun,
): Promise<Result<EvaluatedModel, string>> {
  const { command, journal } = run;
  const newLooker = () => lookerFor(reference, command);
  const first = newLooker();
  const opened = await first.open();
  if (!opened.ok) return opened;
  if (opened.value.note !== null) run.onNote(opened.value.note);
  const model = evaluatedModel(opened.value, command.threshold);
  const requests = requestsFor(model, run);
  const threads = command.threads ?? Math.min(availableParallelism(), USUAL_MOST_THREADS);
  const others = Math.max(0, Math.min(threads, requests.length) - 1);
  const lookers = [first, ...Array.from({ length: others }, newLooker)];
  let next = 0;
  let done = run.items.length * run.chains.length - sum(requests.map(({ chains }) => chains.length));
  const serve = async (looker: Looker<ItemRequest, EvaluateAnswer>): Promise<void> => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
      run.onProgress(done, request.name);
      // Of before the look: a file that changes meanwhile must not pass for the one that was scored.
      const stamp = stampOf(request.file);
      journal.add(recordsOf(model, request, await looker.look(request)), stamp);
      done += request.chains.length;
    }
  };
  try {
    await Promise.all(lookers.map(serve));
  } finally {
    await Promise.all(lookers.map((looker) => looker.close()));
  }
  return success(model);
}

interface ItemRequest extends EvaluateRequest {
  item: EvaluatedItem;
}

const lookerFor = (
  model: ModelReference,
  { backend, ensemble, effort }: EvaluateCommand,
): Looker<ItemRequest, EvaluateAnswer> =>
  new Looker({
    script: 'evaluate-worker.js',
    start: { model, backend, look: { ensemble, effort } },
    broken: (detail, { chains }) =>
      chains.map(() => ({ state: 'failed' as const, reason: 'engine-failed', detail })),
  });

/** Scores of one backend are not mixed with those of another: they differ in the last digits. */
const evaluatedModel = ({ model, backend }: Ready, threshold: number | null): EvaluatedModel => ({
  name: model.key,
  identity: model.identity,
  fingerprint: `${model.fingerprint}-${backend}`,
  backend,
  threshold: threshold ?? model.threshold,
  falsePositiveTarget: model.falsePositiveTarget ?? USUAL_FALSE_POSITIVE_TARGET,
  calibratedOn: model.calibratedOn,
});

const requestsFor = ({ fingerprint }: EvaluatedModel, run: EvaluationRun): ItemRequest[] =>
  run.items.flatMap((item) => {
    const chains = run.chains.filter((chain) => !run.journal.has(fingerprint, chain, item.path));
    const file = fileOf(run.dataset, item);
    return chains.length === 0 ? [] : [{ file, name: item.path, chains, item }];
  });

const recordsOf = (model: EvaluatedModel, request: ItemRequest, answer: EvaluateAnswer): ScoreRecord[] =>
  request.chains.map((degradation, index) => {
    const outcome = answer[index];
    if (outcome === undefined) throw new Error(`no answer for ${degradation}`);
    return { ...request.item, model: model.fingerprint, degradation, outcome };
  });

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
