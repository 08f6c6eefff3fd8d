/** A checkpoint on disk as a network. */
import {
  describeImportFailure,
  type ImportedNetwork,
  type ImportOptions,
  importCheckpoint,
} from '../core/backbones/import-checkpoint.ts';
import { describeFailure } from '../core/checkpoint/failure.ts';
import { readCheckpoint } from '../core/checkpoint/read-checkpoint.ts';
import { readTrainingOptions, type TrainingOptions } from '../core/checkpoint/training-options.ts';
import type { ImportedCard } from '../core/model/imported-card.ts';
import { NATIVE } from '../core/model/preprocess.ts';
import { failure, type Result, success } from '../core/result.ts';
import type { ModelReference } from './arguments.ts';
import { FILE_FAILURES, type FileFailure, readWhole, sha256OfFile, withFile } from './files.ts';

export interface LoadedCheckpoint {
  network: ImportedNetwork;
  source: ImportedCard['source'];
}

/** A kilobyte or so when it is what it should be; the parser has its own, lower limit. */
const MOST_OPTIONS_BYTES = 2 ** 20;

/**
 * The network of the checkpoint that `model` names. The failure is one line that says what is wrong with which file, and
 * at which byte where that is known.
 */
export async function loadCheckpoint(
  model: ModelReference & { path: string },
): Promise<Result<LoadedCheckpoint, string>> {
  const training = model.optionsFile === null ? null : await loadOptions(model.optionsFile);
  if (training !== null && !training.ok) return training;
  const options: ImportOptions = {
    ...(training === null ? {} : { training: training.value }),
    ...(model.network === null ? {} : { network: model.network }),
    ...(model.native ? { preprocessing: NATIVE } : {}),
  };
  const loaded = withFile(model.path, (file): Result<Omit<Loaded, 'sha256'>, string> => {
    const read = readCheckpoint(file);
    if (!read.ok) return failure(describeFailure(read.failure));
    const imported = importCheckpoint(read.value, options);
    if (!imported.ok)
      return failure(withHint(imported.failure.kind, describeImportFailure(imported.failure)));
    return success({ network: imported.value, format: read.value.format, sizeBytes: file.size });
  });
  if (!loaded.ok) return failure(`${model.path}: ${inWords(loaded.failure)}`);
  const { network, format, sizeBytes } = loaded.value;
  return success({ network, source: { format, sha256: await sha256OfFile(model.path), sizeBytes } });
}

interface Loaded {
  network: ImportedNetwork;
  format: string;
  sizeBytes: number;
  sha256: string;
}

const withHint = (kind: string, message: string): string =>
  kind === 'which-network' ? `${message} (--network NAME)` : message;

async function loadOptions(path: string): Promise<Result<TrainingOptions, string>> {
  const bytes = readWhole(path, MOST_OPTIONS_BYTES);
  if (!bytes.ok) return failure(`${path}: ${FILE_FAILURES[bytes.failure]}`);
  // Its start costs a third of a second, and most runs read no options.
  const read = readTrainingOptions(bytes.value, await import('yaml'));
  return read.ok ? read : failure(`${path}: ${describeFailure(read.failure)}`);
}

const isFileFailure = (reason: string): reason is FileFailure => Object.hasOwn(FILE_FAILURES, reason);

const inWords = (reason: string): string => (isFileFailure(reason) ? FILE_FAILURES[reason] : reason);
