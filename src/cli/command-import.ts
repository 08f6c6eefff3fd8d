/** `telltale import`. */
import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { writeModelFolder } from '../core/model/model-folder.ts';
import type { ImportCommand } from './arguments.ts';
import { startBackend } from './backend.ts';
import { loadCheckpoint } from './checkpoint-file.ts';
import { FILE_FAILURES, fileFailure, sha256Of, writeWhole } from './files.ts';
import { describeFolderFailure } from './model-files.ts';
import type { Output } from './output.ts';
import { describeNetwork, harmless } from './text.ts';

/** Writes the model folder; resolves with the exit status 0 or 1. */
export async function importCommand({ model, outFolder }: ImportCommand, output: Output): Promise<number> {
  const refuse = (reason: string): number => {
    output.say(harmless(reason));
    return 1;
  };
  const occupied = prepare(outFolder);
  if (occupied !== null) return refuse(occupied);
  const loaded = await loadCheckpoint(model);
  if (!loaded.ok) return refuse(loaded.failure);
  const { weights, ...network } = loaded.value.network;
  const backend = await startBackend('wasm');
  if (!backend.ok) return refuse(backend.failure);
  const contents = { ...network, source: loaded.value.source };
  const folder = await writeModelFolder(backend.value.tf, contents, weights, sha256Of).catch(
    (error: unknown) => {
      if (error instanceof Error) return error;
      throw error;
    },
  );
  if (folder instanceof Error) return refuse(`${model.path}: the network cannot be run: ${folder.message}`);
  if (!folder.ok) return refuse(describeFolderFailure(model.path, folder.failure));
  const { card } = folder.value;
  try {
    mkdirSync(outFolder, { recursive: true });
    // The card last: a folder without one is no model.
    writeWhole(path.join(outFolder, card.weights.file), folder.value.weights);
    writeWhole(path.join(outFolder, 'card.json'), `${JSON.stringify(card, null, 1)}\n`);
  } catch (error) {
    return refuse(`${outFolder}: ${writeFailure(error)}`);
  }
  output.say(harmless(describeNetwork(network)));
  output.answer(outFolder);
  return 0;
}

/** Why nothing can be written to `folder`, or null. */
function prepare(folder: string): string | null {
  try {
    return readdirSync(folder).length === 0 ? null : `${folder}: the folder is not empty`;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    return code === 'ENOENT' ? null : `${folder}: ${FILE_FAILURES[fileFailure(error)]}`;
  }
}

function writeFailure(error: unknown): string {
  fileFailure(error);
  return 'it cannot be written';
}
