/** What is known of a model without running it. */

import { detectorNamed } from '../core/backbones/detectors.ts';
import type { ClassOrder, EnsembleName } from '../core/backbones/families.ts';
import type { Assumption } from '../core/backbones/import-checkpoint.ts';
import { modelKey } from '../core/model/card.ts';
import { parameterCount } from '../core/model/expected-tensors.ts';
import { type ReceptiveField, receptiveFieldOf } from '../core/model/geometry.ts';
import type { ImportedCard } from '../core/model/imported-card.ts';
import type { SourceLayer } from '../core/model/layer.ts';
import { NATIVE, type Preprocessing } from '../core/model/preprocess.ts';
import { failure, type Result, success } from '../core/result.ts';
import type { ModelReference } from './arguments.ts';
import { loadCheckpoint } from './checkpoint-file.ts';
import { isFolder, modelLocation, readModelFiles } from './model-files.ts';

export interface ModelFacts {
  model: string;
  kind: 'own' | 'imported' | 'checkpoint' | 'published';
  /** From the picture on; BatchNorm is still there in a network that was only named. */
  layers: readonly SourceLayer[];
  receptiveField: ReceptiveField;
  preprocessing: Preprocessing;
  classes: ClassOrder;
  ensemble: EnsembleName;
  /** Trained numbers, those of BatchNorm included where the network is a published one. */
  parameters: number;
  assumptions: readonly Assumption[];
  /** The checkpoint that the weights come from; null for a network without weights and for Telltale's own. */
  source: ImportedCard['source'] | null;
}

/** The facts of a packaged model, a model folder, a checkpoint or a published network's name; the failure is one line. */
export async function modelFacts(
  model: ModelReference & { path: string },
): Promise<Result<ModelFacts, string>> {
  const location = modelLocation(model.path);
  const folder = isFolder(location);
  if (folder.ok && !folder.value) return factsOfCheckpoint(model);
  if (model.optionsFile !== null || model.network !== null) {
    return failure(`${model.path}: --opt and --network describe a checkpoint, and this is none`);
  }
  if (folder.ok) return factsOfFolder(location);
  return factsOfName(model.path) ?? folder;
}

async function factsOfCheckpoint(
  model: ModelReference & { path: string },
): Promise<Result<ModelFacts, string>> {
  const loaded = await loadCheckpoint(model);
  if (!loaded.ok) return loaded;
  const { network, source } = loaded.value;
  const { name, layers } = network;
  return success({
    ...network,
    model: name,
    kind: 'checkpoint',
    parameters: trainedParameters(name, layers),
    source,
  });
}

async function factsOfFolder(path: string): Promise<Result<ModelFacts, string>> {
  const files = await readModelFiles(path);
  if (!files.ok) return files;
  if (files.value.kind === 'imported') {
    const { card } = files.value;
    const parameters = trainedParameters(card.name, card.layers);
    return success({ ...card, model: card.name, kind: 'imported', parameters });
  }
  const { card } = files.value;
  return success({
    model: modelKey(card),
    kind: 'own',
    layers: card.layers,
    receptiveField: card.receptiveField,
    preprocessing: NATIVE,
    classes: ['fake'],
    ensemble: 'beforeSoftmax',
    parameters: parameterCount(card.layers),
    assumptions: [],
    source: null,
  });
}

function factsOfName(name: string): Result<ModelFacts, string> | null {
  const detector = detectorNamed(name);
  if (detector === null) return null;
  const { layers, family, sizes } = detector;
  return success({
    model: detector.name,
    kind: 'published',
    layers,
    receptiveField: receptiveFieldOf(layers),
    preprocessing: family.preprocessing(sizes),
    classes: family.classes,
    ensemble: family.ensemble,
    parameters: parameterCount(layers),
    assumptions: [],
    source: null,
  });
}

/** Folding leaves fewer numbers than were trained; the literature counts those. */
const trainedParameters = (name: string, layers: readonly SourceLayer[]): number =>
  parameterCount(detectorNamed(name)?.layers ?? layers);
