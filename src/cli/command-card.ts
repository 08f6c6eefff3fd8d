/** `telltale card`. */
import path from 'node:path';
import { decisionThreshold, type ModelCard, modelKey, parseCard } from '../core/model/card.ts';
import { failure, type Result, success } from '../core/result.ts';
import type { CardCommand } from './arguments.ts';
import { cardEvaluation } from './card-evaluation.ts';
import { cardHtml } from './card-html.ts';
import { identityOf } from './card-identity.ts';
import { cardJson } from './card-json.ts';
import { cardLines } from './card-text.ts';
import { FILE_FAILURES, readWhole, wasWritten } from './files.ts';
import { readJson } from './model-files.ts';
import type { Output } from './output.ts';
import { harmless } from './text.ts';

const MOST_EVALUATION_BYTES = 256 * 2 ** 20;

/** Prints a model's card, and writes its page or a card with new figures; resolves with the exit status 0 or 1. */
export async function cardCommand(command: CardCommand, output: Output): Promise<number> {
  const refuse = (reason: string): number => {
    output.say(harmless(reason));
    return 1;
  };
  const raw = readJson(path.join(command.modelFolder, 'card.json'));
  if (!raw.ok) return refuse(raw.failure);
  const given = parsed(raw.value, command.modelFolder);
  if (!given.ok) return refuse(given.failure);
  const filled =
    command.evaluation === null
      ? success(raw.value)
      : await withFigures(raw.value, given.value, command.evaluation);
  if (!filled.ok) return refuse(filled.failure);
  const card = parsed(filled.value, command.modelFolder);
  if (!card.ok) return refuse(card.failure);
  const files: [string, string][] = [];
  if (command.evaluation !== null) {
    files.push([command.evaluation.outFile, `${JSON.stringify(filled.value, null, 1)}\n`]);
  }
  if (command.htmlFile !== null) files.push([command.htmlFile, cardHtml(card.value)]);
  for (const [file, text] of files) {
    if (!wasWritten(file, text)) return refuse(`${file}: it cannot be written`);
  }
  if (command.json) output.answer(JSON.stringify(cardJson(card.value, await identityOf(card.value))));
  else for (const line of cardLines(card.value)) output.answer(harmless(line));
  return 0;
}

function parsed(value: unknown, folder: string): Result<ModelCard, string> {
  const card = parseCard(value);
  if (card.ok) return card;
  return failure(`${folder}: card.json: ${card.failure.where}: ${card.failure.message}`);
}

/** The card as it stands in its file, with the figures in `file`. */
async function withFigures(
  raw: unknown,
  card: ModelCard,
  { file, on }: NonNullable<CardCommand['evaluation']>,
): Promise<Result<object, string>> {
  const bytes = readWhole(file, MOST_EVALUATION_BYTES);
  if (!bytes.ok) return failure(`${file}: ${FILE_FAILURES[bytes.failure]}`);
  const model = { key: modelKey(card), identity: await identityOf(card), threshold: decisionThreshold(card) };
  const evaluation = cardEvaluation(new TextDecoder().decode(bytes.value), model, on);
  if (!evaluation.ok) return failure(`${file}: ${evaluation.failure}`);
  return success({ ...(raw as ModelCard), evaluation: evaluation.value });
}
