/** What the published detectors have in common besides layers: normalisation, preprocessing, meaning of the outputs. */
import type { SourceLayer } from '../model/layer.ts';
import { NATIVE, type Preprocessing } from '../model/preprocess.ts';

/** What each output of a network stands for. A single output is the logit of `fake`. */
export type ClassOrder = readonly ['fake'] | readonly ['fake', 'real'] | readonly ['real', 'fake'];

/** How patches become a score for the picture; see `score/ensemble.ts`. */
export type EnsembleName = 'vote' | 'beforeSoftmax' | 'afterSoftmax';

/** What decides the preprocessing of a training run; sizes from its `opt.yml`. */
export interface TrainedSizes {
  /** Short side that validation resizes to. */
  loadSize: number;
  /** Side of training's crop. */
  fineSize: number;
}

export interface Family {
  id: 'patch-forensics' | 'patch-forensics-full' | 'cnndetection' | 'npr' | 'safe';
  normalization: SourceLayer;
  classes: ClassOrder;
  /** Whether a run has an `opt.yml`, whose `fake_class_id` and sizes go before what stands here. */
  hasOptions: boolean;
  /** The pooling its authors publish. */
  ensemble: EnsembleName;
  preprocessing(sizes: TrainedSizes): Preprocessing;
}

const HALF: SourceLayer = { op: 'normalize', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
const IMAGENET: SourceLayer = { op: 'normalize', mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
const UNIT: SourceLayer = { op: 'normalize', mean: [0, 0, 0], std: [1, 1, 1] };

const validation = (loadSize: number, crop: number): Preprocessing => ({
  resize: { mode: 'short-side', sizePx: loadSize, kernel: 'lanczos' },
  centerCropPx: crop,
});

/** Patch models validate on the crop of the size they resize to, not on training's smaller crop. */
export const PATCH_FORENSICS: Family = {
  id: 'patch-forensics',
  normalization: HALF,
  classes: ['fake', 'real'],
  hasOptions: true,
  ensemble: 'afterSoftmax',
  preprocessing: ({ loadSize }) => validation(loadSize, loadSize),
};

/** Whole-image classifiers of the same project. */
export const PATCH_FORENSICS_FULL: Family = {
  id: 'patch-forensics-full',
  normalization: HALF,
  classes: ['fake', 'real'],
  hasOptions: true,
  ensemble: 'beforeSoftmax',
  preprocessing: ({ loadSize, fineSize }) => validation(loadSize, fineSize),
};

/** Wang et al., CVPR 2020. Its authors recommend the whole picture; the tables' other column is a centre crop of 224. */
export const CNNDETECTION: Family = {
  id: 'cnndetection',
  normalization: IMAGENET,
  classes: ['fake'],
  hasOptions: false,
  ensemble: 'beforeSoftmax',
  preprocessing: () => NATIVE,
};

/** Tan et al., CVPR 2024: the released test resizes to 256 x 256 for some sets and takes others whole, as here. */
export const NPR_FAMILY: Family = {
  id: 'npr',
  normalization: IMAGENET,
  classes: ['fake'],
  hasOptions: false,
  ensemble: 'beforeSoftmax',
  preprocessing: () => NATIVE,
};

/** Li et al., KDD 2025: a centre crop of 256, never resized. */
export const SAFE_FAMILY: Family = {
  id: 'safe',
  normalization: UNIT,
  classes: ['real', 'fake'],
  hasOptions: false,
  ensemble: 'beforeSoftmax',
  preprocessing: () => ({ resize: { mode: 'never' }, centerCropPx: 256 }),
};
