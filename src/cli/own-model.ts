/** A model folder of Telltale's own kind as a network that has given its golden answer. */
import type { ModelCard } from '../core/model/card.ts';
import { checkGolden } from '../core/model/golden.ts';
import { buildNetwork, type Network } from '../core/model/network.ts';
import type { TensorFlow } from '../core/model/operations.ts';
import { readSafetensors } from '../core/model/safetensors.ts';
import { failure, type Result, success } from '../core/result.ts';
import { describeFolderFailure, type ModelFiles, readModelFiles } from './model-files.ts';

export interface OwnModel {
  card: ModelCard;
  network: Network;
}

/** The network of the model in `folder` on the current backend of `tf`; the failure is one line for people. */
export async function openOwnModel(tf: TensorFlow, folder: string): Promise<Result<OwnModel, string>> {
  const files = await readModelFiles(folder);
  if (!files.ok) return files;
  if (files.value.kind === 'own') return openOwnFiles(tf, folder, files.value);
  return failure(`${folder}: a published network has no calibration to fit`);
}

/** The same from its `files`; `folder` is for messages. */
export async function openOwnFiles(
  tf: TensorFlow,
  folder: string,
  files: Pick<Extract<ModelFiles, { kind: 'own' }>, 'card' | 'weights'>,
): Promise<Result<OwnModel, string>> {
  const { card } = files;
  const weights = readSafetensors(files.weights);
  if (!weights.ok) return failure(describeFolderFailure(folder, weights.failure));
  const built = buildNetwork(tf, card, weights.value);
  if (!built.ok) return failure(describeFolderFailure(folder, built.failure));
  const { passed, largestDifference } = await checkGolden(built.value, card.golden);
  if (passed) return success({ card, network: built.value });
  return failure(describeFolderFailure(folder, { kind: 'wrong-golden', largestDifference }));
}
