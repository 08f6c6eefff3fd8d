/** `telltale calibrate`. */
import path from 'node:path';
import { calibrate } from '../core/calibrate/calibrate.ts';
import type { Calibration } from '../core/model/calibration.ts';
import { calibrationDataOf } from '../core/model/calibration-data.ts';
import { PREPROCESSING_VERSION } from '../core/model/card.ts';
import { recalibrated } from '../core/model/recalibrated.ts';
import { failure, type Result } from '../core/result.ts';
import type { CalibrateCommand } from './arguments.ts';
import { type CalibrateReply, type Scores, scoreDataset } from './calibrate-scores.ts';
import { CALIBRATION_FAILURES, calibrationLines, calibrationWarnings } from './calibrate-text.ts';
import { chainText } from './chain-text.ts';
import { findDataset } from './dataset-files.ts';
import { sha256Of, wasWritten } from './files.ts';
import { KeptReplies } from './kept-replies.ts';
import { modelLocation, readJson, readModelFiles } from './model-files.ts';
import type { Output } from './output.ts';
import { harmless } from './text.ts';

/** Fits and prints a calibration, and writes the card that holds it; resolves with the exit status 0 or 1. */
export async function calibrateCommand(command: CalibrateCommand, output: Output): Promise<number> {
  const refuse = (reason: string): number => {
    output.say(harmless(reason));
    return 1;
  };
  const scores = await scoresFor(command, output);
  if (!scores.ok) return refuse(scores.failure);
  for (const { path: name, failure: reason } of scores.value.failures)
    output.say(harmless(`${name}: ${reason}`));
  const { samples, hashes } = scores.value;
  const fitted = calibrate(samples, {
    method: command.method,
    falsePositiveRate: command.falsePositiveRate,
    rounds: command.rounds,
    versions: versionsText(command),
  });
  if (!fitted.ok) return refuse(CALIBRATION_FAILURES[fitted.failure]);
  const calibration: Calibration = { ...fitted.value, data: calibrationDataOf(hashes) };
  for (const line of calibrationWarnings(calibration)) output.say(harmless(line));
  if (command.json) output.answer(JSON.stringify(calibration));
  else for (const line of calibrationLines(calibration)) output.answer(harmless(line));
  if (command.outFile === null) return 0;
  const written = await writeCard(command, { file: command.outFile, calibration }, output);
  return written === null ? 0 : refuse(written);
}

async function scoresFor(command: CalibrateCommand, output: Output): Promise<Result<Scores, string>> {
  const model = await readModelFiles(modelLocation(command.modelFolder));
  if (!model.ok) return model;
  if (model.value.kind !== 'own') {
    return failure(`${command.modelFolder}: a published network has no calibration to fit`);
  }
  const dataset = await findDataset(command.dataFolder, command.split);
  if (!dataset.ok) return dataset;
  const { card } = model.value;
  const versions = command.chains.map(({ name }) => name);
  const head = {
    telltale: 'calibrate',
    weights: card.weights.sha256,
    preprocessing: PREPROCESSING_VERSION,
    folder: path.resolve(command.dataFolder),
    versions,
  };
  const kept = KeptReplies.open<CalibrateReply>(command.resumeFile, head);
  if (!kept.ok) return kept;
  const start = { folder: command.modelFolder, chains: command.chains };
  return scoreDataset(dataset.value, start, { kept: kept.value, output });
}

/** How the pictures were used, within what `fittedOn` has room for. */
function versionsText({ chains }: CalibrateCommand): string {
  const all = chains.map(({ name }) => chainText(name)).join(', ');
  return all.length <= 140 ? all : `in ${chains.length} versions each`;
}

/** Writes the model's card with `calibration` to `file`; the answer is what went wrong, or null. */
async function writeCard(
  { modelFolder }: CalibrateCommand,
  { file, calibration }: { file: string; calibration: Calibration },
  output: Output,
): Promise<string | null> {
  const raw = readJson(path.join(modelLocation(modelFolder), 'card.json'));
  if (!raw.ok) return raw.failure;
  const sha256 = await sha256Of(new TextEncoder().encode(JSON.stringify(calibration)));
  const made = recalibrated(raw.value, calibration, sha256);
  if (!made.ok) return `the card would be refused: ${made.failure}`;
  const { card, droppedFigures } = made.value;
  if (!wasWritten(file, `${JSON.stringify(card, null, 1)}\n`)) return `${file}: it cannot be written`;
  output.say(harmless(`${file}: version ${card.version}`));
  if (droppedFigures) output.say(`${harmless(file)}: figures of the calibration before were let go`);
  return null;
}
