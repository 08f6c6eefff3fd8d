/** From a checkpoint file's tensors to a network that is ready to run, with everything that scoring needs to know. */
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { TrainingOptions } from '../checkpoint/training-options.ts';
import { expectedTensors, isCounter } from '../model/expected-tensors.ts';
import { foldNetwork } from '../model/fold.ts';
import { type ReceptiveField, receptiveFieldOf } from '../model/geometry.ts';
import type { Layer } from '../model/layer.ts';
import type { Preprocessing } from '../model/preprocess.ts';
import type { Weights, WeightTensor } from '../model/safetensors.ts';
import { failure, type Result, success } from '../result.ts';
import type { Detector } from './detectors.ts';
import type { ClassOrder, EnsembleName, Family } from './families.ts';
import { type RecognitionFailure, recognize } from './recognize.ts';

/** What a checkpoint does not say itself. */
export interface ImportOptions {
  /** Its run's `opt.yml`. */
  training?: TrainingOptions;
  /** The network's name, such as `xception_block2`: the answer to `which-network`. Goes before `training`. */
  network?: string;
  /** Instead of the preprocessing that the authors validate with. */
  preprocessing?: Preprocessing;
}

/** What neither the file nor the options said and the published runs decided. */
export type Assumption = 'network' | 'class-order' | 'sizes';

export interface ImportedNetwork {
  name: string;
  backbone: string;
  cut: string;
  family: Family['id'];
  /** From RGB 0..255, BatchNorm folded. */
  layers: readonly Layer[];
  weights: Weights;
  /** What each output stands for. */
  classes: ClassOrder;
  ensemble: EnsembleName;
  preprocessing: Preprocessing;
  receptiveField: ReceptiveField;
  assumptions: readonly Assumption[];
}

/** Nothing is wrong with the shapes, but the numbers cannot be used. */
export interface ValueFailure {
  kind: 'bad-values';
  tensor: string;
  message: string;
}

export type ImportFailure = RecognitionFailure | ValueFailure;

/**
 * The network of `checkpoint`. Its architecture comes from the options, else from key names and shapes; where those fit
 * several networks the failure `which-network` asks which. Reads every tensor once, 4 bytes a number, and as much again
 * while BatchNorm is folded. Weights that are not finite, before or after folding, are refused.
 */
export function importCheckpoint(
  { tensors }: Pick<Checkpoint, 'tensors'>,
  options: ImportOptions = {},
): Result<ImportedNetwork, ImportFailure> {
  const { training } = options;
  const name = options.network ?? training?.whichModelNetD;
  const recognized = recognize(tensors, name);
  if (!recognized.ok) return recognized;
  const detector = recognized.value;
  const read = readTensors(tensors, detector);
  if (!read.ok) return read;
  const { layers, weights } = foldNetwork(detector.layers, read.value);
  const wrong = firstNotFinite(weights);
  if (wrong !== null) return failure(wrong);
  return success({
    name: detector.name,
    backbone: detector.backbone,
    cut: detector.cut,
    family: detector.family.id,
    layers,
    weights,
    classes: classesOf(detector, training),
    ensemble: detector.family.ensemble,
    preprocessing: options.preprocessing ?? detector.family.preprocessing(sizesOf(detector, training)),
    receptiveField: receptiveFieldOf(layers),
    assumptions: assumptionsOf(detector, options),
  });
}

/** One line for a person. */
export function describeImportFailure(reason: ImportFailure): string {
  switch (reason.kind) {
    case 'unknown-network':
      return `there is no network called ${reason.network}`;
    case 'which-network':
      return `the weights fit several networks, say which: ${reason.candidates.join(', ')}`;
    case 'not-recognized':
      return `the weights fit no known network; the closest is ${describeTensor(reason.closest)}`;
    case 'wrong-tensor':
      return `the weights are not those of ${describeTensor(reason)}`;
    case 'bad-values':
      return `${reason.tensor}: ${reason.message}`;
  }
}

const describeTensor = ({ network, tensor, message }: { network: string; tensor: string; message: string }) =>
  `${network} (${tensor.slice(0, 80).replace(/[^\x20-\x7e]/g, '?')}: ${message})`;

function readTensors(
  tensors: Checkpoint['tensors'],
  detector: Detector,
): Result<Map<string, WeightTensor>, ValueFailure> {
  const read = new Map<string, WeightTensor>();
  for (const { name, shape } of expectedTensors(detector.layers)) {
    if (isCounter(name)) continue;
    const view = tensors.get(name);
    if (view === undefined) throw new Error(`${name} was not checked`);
    read.set(name, { shape: [...shape], values: view.toFloat32() });
  }
  const wrong = firstNotFinite(read);
  return wrong === null ? success(read) : failure(wrong);
}

function firstNotFinite(weights: Weights): ValueFailure | null {
  for (const [tensor, { values }] of weights) {
    const index = values.findIndex((value) => !Number.isFinite(value));
    if (index >= 0) return { kind: 'bad-values', tensor, message: `value ${index} is not finite` };
  }
  return null;
}

function classesOf({ family }: Detector, training: TrainingOptions | undefined): ClassOrder {
  if (!family.hasOptions || training?.fakeClassId === undefined) return family.classes;
  return training.fakeClassId === 0 ? ['fake', 'real'] : ['real', 'fake'];
}

const sizesOf = ({ sizes }: Detector, training: TrainingOptions | undefined) => ({
  loadSize: training?.loadSize ?? sizes.loadSize,
  fineSize: training?.fineSize ?? sizes.fineSize,
});

function assumptionsOf({ family }: Detector, options: ImportOptions): Assumption[] {
  const { training, network, preprocessing } = options;
  const assumed: Assumption[] = [];
  if (network === undefined && training?.whichModelNetD === undefined) assumed.push('network');
  if (!family.hasOptions) return assumed;
  if (training?.fakeClassId === undefined) assumed.push('class-order');
  if (preprocessing === undefined && training?.loadSize === undefined) assumed.push('sizes');
  return assumed;
}
