/** From what a person named as a model to a detector that has proved itself on the backend. */
import { decisionThreshold, type ModelCard, modelKey, PREPROCESSING_VERSION } from '../core/model/card.ts';
import { openModelFolder } from '../core/model/model-folder.ts';
import type { TensorFlow } from '../core/model/operations.ts';
import { buildPatchNetwork } from '../core/model/patch-network.ts';
import { NATIVE } from '../core/model/preprocess.ts';
import { failure, type Result, success } from '../core/result.ts';
import type { ModelReference } from './arguments.ts';
import { identityUnder } from './card-identity.ts';
import { loadCheckpoint } from './checkpoint-file.ts';
import {
  calibratedDetector,
  type Detector,
  type LookOptions,
  type ModelFacts,
  type PublishedModel,
  publishedDetector,
} from './detector.ts';
import { sha256Of } from './files.ts';
import {
  describeFolderFailure,
  isFolder,
  type ModelFiles,
  packagedModel,
  readModelFiles,
} from './model-files.ts';
import { openOwnFiles } from './own-model.ts';
import { describeNetwork } from './text.ts';

export interface OpenModel {
  detector: Detector;
  facts: ModelFacts;
  /** One line on what was assumed about it, or null. */
  note: string | null;
}

/** The detector of `model` on the current backend of `tf`; the failure is one line for people. */
export async function openModel(
  tf: TensorFlow,
  model: ModelReference,
  options: LookOptions,
): Promise<Result<OpenModel, string>> {
  const location = model.path ?? packagedModel();
  const folder = isFolder(location);
  if (!folder.ok) return folder;
  if (!folder.value) return openCheckpoint(tf, { ...model, path: location }, options);
  if (model.optionsFile !== null || model.network !== null) {
    return failure(`${location}: --opt and --network describe a checkpoint; a model folder knows its own`);
  }
  const files = await readModelFiles(location);
  if (!files.ok) return files;
  return openFolder(tf, { location, files: files.value, native: model.native }, options);
}

async function openCheckpoint(
  tf: TensorFlow,
  model: ModelReference & { path: string },
  options: LookOptions,
): Promise<Result<OpenModel, string>> {
  const loaded = await loadCheckpoint(model);
  if (!loaded.ok) return loaded;
  const { network, source } = loaded.value;
  const built = buildPatchNetwork(tf, network, network.weights);
  if (!built.ok) return failure(describeFolderFailure(model.path, built.failure));
  const published = { ...network, sourceSha256: source.sha256 };
  const detector = publishedDetector(published, built.value, options);
  return success({
    detector,
    facts: await publishedFacts(published, options),
    note: describeNetwork(network),
  });
}

interface FolderAt {
  location: string;
  files: ModelFiles;
  native: boolean;
}

async function openFolder(
  tf: TensorFlow,
  { location, files, native }: FolderAt,
  options: LookOptions,
): Promise<Result<OpenModel, string>> {
  if (files.kind === 'imported') {
    const opened = await openModelFolder(tf, files, sha256Of);
    if (!opened.ok) return failure(describeFolderFailure(location, opened.failure));
    const { card, network } = opened.value;
    const preprocessing = native ? NATIVE : card.preprocessing;
    const model = { ...card, preprocessing, sourceSha256: card.source.sha256 };
    const detector = publishedDetector(model, network, options);
    return success({ detector, facts: await publishedFacts(model, options), note: null });
  }
  const opened = await openOwnFiles(tf, location, files);
  if (!opened.ok) return opened;
  const detector = calibratedDetector(files.card, opened.value.network, options);
  return success({ detector, facts: await ownFacts(files.card, options), note: null });
}

const ownFacts = async (card: ModelCard, options: LookOptions): Promise<ModelFacts> => ({
  key: modelKey(card),
  fingerprint: await fingerprintOf([modelKey(card), card, options]),
  threshold: decisionThreshold(card),
  falsePositiveTarget: card.calibration.operatingPoint?.limit ?? null,
  identity: await identityUnder(card, options),
  calibratedOn: card.calibration.data ?? null,
});

/** The authors' own decision: more likely fake than real. */
const publishedFacts = async (model: PublishedModel, options: LookOptions): Promise<ModelFacts> => {
  const { name, sourceSha256, preprocessing, ensemble } = model;
  return {
    key: `${name}@${sourceSha256.slice(0, 12)}`,
    fingerprint: await fingerprintOf([
      PREPROCESSING_VERSION,
      sourceSha256,
      name,
      preprocessing,
      ensemble,
      options,
    ]),
    threshold: 0.5,
    falsePositiveTarget: null,
    identity: null,
    calibratedOn: null,
  };
};

const fingerprintOf = async (value: unknown): Promise<string> =>
  (await sha256Of(new TextEncoder().encode(JSON.stringify(value)))).slice(0, 16);
