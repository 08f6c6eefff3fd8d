/** Model folders on disk, of both kinds. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ModelCard, parseCard } from '../core/model/card.ts';
import { type ImportedCard, parseImportedCard } from '../core/model/imported-card.ts';
import type { FolderFailure } from '../core/model/model-folder.ts';
import { DEFAULT_MODEL, isPackagedName, MODELS_FOLDER } from '../core/model/packaged.ts';
import { failure, type Result, success } from '../core/result.ts';
import { FILE_FAILURES, fileFailure, readWhole, sha256Of } from './files.ts';

/** A card with the weights it names, not yet proved on a backend. */
export type ModelFiles =
  | { kind: 'own'; card: ModelCard; weights: Uint8Array }
  | { kind: 'imported'; card: ImportedCard; weights: Uint8Array };

/** Golden logits are the bulk of a card; those of the largest golden input fit. */
const MOST_CARD_BYTES = 32 * 2 ** 20;

/**
 * Where the model lies that a person has named: `fast` and `strong` are the packaged ones, beside the built script; null is
 * the default; anything else is a folder or a file.
 */
export function modelLocation(named: string | null): string {
  const name = named ?? DEFAULT_MODEL;
  return isPackagedName(name) ? fileURLToPath(new URL(`${MODELS_FOLDER}/${name}`, import.meta.url)) : name;
}

/** Whether `location` is a folder; the failure is one line. */
export function isFolder(location: string): Result<boolean, string> {
  try {
    return success(statSync(location).isDirectory());
  } catch (error) {
    const reason = fileFailure(error);
    return failure(
      `${location}: ${reason === 'not-found' ? 'there is no such file or folder' : FILE_FAILURES[reason]}`,
    );
  }
}

/** Card and weights of `folder`; the failure is one line that names the file. */
export async function readModelFiles(folder: string): Promise<Result<ModelFiles, string>> {
  const value = readJson(path.join(folder, 'card.json'));
  if (!value.ok) return value;
  if (isImported(value.value)) {
    const card = parseImportedCard(value.value);
    if (!card.ok) return failure(describeFolderFailure(folder, card.failure));
    const weights = await readWeights(folder, card.value.weights);
    return weights.ok ? success({ kind: 'imported', card: card.value, weights: weights.value }) : weights;
  }
  const card = parseCard(value.value);
  if (!card.ok) return failure(describeFolderFailure(folder, card.failure));
  const weights = await readWeights(folder, card.value.weights);
  return weights.ok ? success({ kind: 'own', card: card.value, weights: weights.value }) : weights;
}

/** What the JSON `file` holds; the failure is one line. */
export function readJson(file: string): Result<unknown, string> {
  const bytes = readWhole(file, MOST_CARD_BYTES);
  if (!bytes.ok) return failure(`${file}: ${FILE_FAILURES[bytes.failure]}`);
  try {
    return success(JSON.parse(new TextDecoder().decode(bytes.value)));
  } catch {
    return failure(`${file}: it is not JSON`);
  }
}

const isImported = (card: unknown): boolean =>
  typeof card === 'object' && card !== null && 'kind' in card && card.kind === 'imported';

async function readWeights(
  folder: string,
  stated: { file: string; sha256: string; sizeBytes: number },
): Promise<Result<Uint8Array, string>> {
  const file = path.join(folder, stated.file);
  const bytes = readWhole(file, stated.sizeBytes);
  if (!bytes.ok && bytes.failure !== 'too-many-bytes') {
    return failure(`${file}: ${FILE_FAILURES[bytes.failure]}`);
  }
  if (bytes.ok && (await sha256Of(bytes.value)) === stated.sha256) return bytes;
  return failure(`${file}: it is not the file that the card names`);
}

/** One line for a person about the model in `folder`. */
export function describeFolderFailure(folder: string, reason: FolderFailure): string {
  if (reason.kind === 'wrong-golden') {
    const off = reason.largestDifference.toPrecision(2);
    return `${folder}: the model does not give its known answer here (off by ${off})`;
  }
  const file = reason.kind === 'bad-card' ? 'card.json' : 'weights';
  return `${folder}: ${file}: ${reason.where}: ${reason.message}`;
}
