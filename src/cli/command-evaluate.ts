/** `telltale evaluate`. */
import { accessSync, constants, realpathSync } from 'node:fs';
import path from 'node:path';
import {
  type EvaluatedItem,
  type EvaluatedModel,
  type Evaluation,
  measuredChains,
} from '../core/evaluate/evaluation.ts';
import { isInShard, listingOf } from '../core/evaluate/shard.ts';
import { failure, type Result, success } from '../core/result.ts';
import type { EvaluateCommand } from './arguments.ts';
import { type Dataset, fileOf, findDataset } from './dataset-files.ts';
import { type Part, writePart, writeReports } from './evaluation-output.ts';
import { calibrationMarksOf } from './evaluation-overlap.ts';
import { type EvaluationRun, scoreWithModel } from './evaluation-run.ts';
import { fileFailure, stampOf } from './files.ts';
import { onInterrupt } from './interrupt.ts';
import { Journal } from './journal.ts';
import type { Output } from './output.ts';
import { progressOn } from './progress.ts';
import { failureLine, harmless } from './text.ts';

/** Scores the data with every model and reports; resolves with the exit status 0 or 1. */
export async function evaluateCommand(command: EvaluateCommand, output: Output): Promise<number> {
  const dataset = await findDataset(command.folder, command.split);
  const journal = dataset.ok ? journalFor(command, dataset.value) : success(Journal.inMemory());
  const places = writablePlaces([command.report.htmlFile, command.part?.file ?? null]);
  if (!dataset.ok || !journal.ok || !places.ok) {
    for (const part of [dataset, journal, places]) if (!part.ok) output.say(harmless(part.failure));
    return 1;
  }
  const { items, strays } = dataset.value;
  if (strays.length > 0) {
    output.say(
      `${strays.length} pictures lie neither in real/ nor in fake/, such as ${harmless(strays[0] ?? '')}`,
    );
  }
  const subject = { dataset: dataset.value, listed: items.map(evaluatedItem), journal: journal.value };
  const models = await scoreWithAll(command, subject, output);
  if (!models.ok) {
    output.say(harmless(models.failure));
    return 1;
  }
  sayFailures(subject, models.value, output);
  const scored = { ...subject, models: models.value, items: itemsOf(command, subject) };
  const finished = { ...scored, calibrationMarks: await calibrationMarksOf(scored) };
  return command.part === null
    ? writeReports(evaluationOf(command, finished), command.report, output)
    : writePart(part(command, command.part, finished), output);
}

/** The scores that are there; refused where a picture is not the one that was scored. */
function journalFor({ journalFile }: EvaluateCommand, dataset: Dataset): Result<Journal, string> {
  if (journalFile === null) return success(Journal.inMemory());
  const journal = Journal.open(journalFile, realpathSync(dataset.folder));
  if (!journal.ok) return journal;
  const other = dataset.items.find(({ path }) =>
    journal.value.isOfOther(path, stampOf(fileOf(dataset, { path }))),
  );
  if (other === undefined) return journal;
  return failure(`${journalFile}: ${other.path} has changed since it was scored; begin a new file`);
}

/** Told before hours of work instead of after them. */
function writablePlaces(files: readonly (string | null)[]): Result<null, string> {
  for (const file of files.filter((name) => name !== null)) {
    try {
      accessSync(path.dirname(file), constants.W_OK);
    } catch (error) {
      fileFailure(error);
      return failure(`${file}: it cannot be written`);
    }
  }
  return success(null);
}

interface Subject {
  dataset: Dataset;
  /** All pictures of the data, also those of other shards. */
  listed: EvaluatedItem[];
  journal: Journal;
}

interface Finished extends Subject {
  models: EvaluatedModel[];
  calibrationMarks: string[];
}

const evaluatedItem = ({ path, label, source, generator, family }: EvaluatedItem): EvaluatedItem => ({
  path,
  label,
  source,
  generator,
  family,
});

const itemsOf = ({ part }: Pick<EvaluateCommand, 'part'>, { listed }: Subject): EvaluatedItem[] =>
  part === null ? listed : listed.filter((item) => isInShard(item, part.shard));

async function scoreWithAll(
  command: EvaluateCommand,
  subject: Subject,
  output: Output,
): Promise<Result<EvaluatedModel[], string>> {
  const items = itemsOf(command, subject);
  const chains = measuredChains(command.degradations);
  const perModel = items.length * chains.length;
  const total = perModel * command.models.length;
  const progress = progressOn(process.stderr, total);
  const models: EvaluatedModel[] = [];
  let finished = 0;
  const stopListening = onInterrupt((status) => {
    progress.clear();
    output.say(stoppedLine(command, finished, total));
    process.exit(status);
  });
  const run: EvaluationRun = {
    command,
    dataset: subject.dataset,
    items,
    chains,
    journal: subject.journal,
    onProgress: (done, path) => {
      finished = models.length * perModel + done;
      progress.show(finished, harmless(path));
    },
    onNote: (note) => output.say(harmless(note)),
  };
  for (const reference of command.models) {
    const model = await scoreWithModel(reference, run);
    if (!model.ok) return model;
    models.push(model.value);
  }
  stopListening();
  progress.clear();
  const twice = models.find((model, index) => models.findIndex(sameScores(model)) !== index);
  return twice === undefined ? success(models) : failure(`${twice.name} is given twice`);
}

const sameScores =
  ({ fingerprint }: EvaluatedModel) =>
  (other: EvaluatedModel): boolean =>
    other.fingerprint === fingerprint;

function stoppedLine({ journalFile }: EvaluateCommand, finished: number, total: number): string {
  const kept =
    journalFile === null
      ? 'nothing was kept, because there was no --resume FILE'
      : `--resume ${harmless(journalFile)} continues`;
  return `stopped after ${finished} of ${total} scores; ${kept}`;
}

/** One line for each picture that failed, whatever it failed under. */
function sayFailures({ listed, journal }: Subject, models: readonly EvaluatedModel[], output: Output): void {
  const known = new Set(models.map(({ fingerprint }) => fingerprint));
  const reasons = new Map<string, string>();
  for (const [key, outcome] of journal.outcomes) {
    const [fingerprint = '', , path = ''] = key.split('\n');
    if (outcome.state !== 'failed' || !known.has(fingerprint)) continue;
    const { reason, detail = null } = outcome;
    reasons.set(path, failureLine(path, { reason, detail }));
  }
  for (const { path } of listed) {
    const line = reasons.get(path);
    if (line !== undefined) output.say(line);
  }
}

const evaluationOf = (
  { degradations, groupOut }: EvaluateCommand,
  { listed, journal: { outcomes }, models, calibrationMarks }: Finished,
): Evaluation => ({ models, degradations, groupOut, items: listed, outcomes, calibrationMarks });

function part(
  { degradations, groupOut }: EvaluateCommand,
  { shard, file }: NonNullable<EvaluateCommand['part']>,
  { listed, journal, models, calibrationMarks }: Finished,
): Part {
  const items = listed.filter((item) => isInShard(item, shard));
  const records = journal.recordsOf(items, models, measuredChains(degradations));
  const listing = listingOf(listed);
  return { header: { models, degradations, groupOut, shard, listing, calibrationMarks }, records, file };
}
