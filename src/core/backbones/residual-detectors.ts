/** Detectors that look at a fixed residual of the picture with the first half of a ResNet-50. */
import type { Backbone } from './backbone.ts';
import { residualStages, stemStages } from './resnet.ts';

const STEM = { kernel: 3, stride: 2, padding: 1 };

/** NPR (Tan et al., CVPR 2024): differences within 2x2 squares. Head `fc1`, one logit. */
export const NPR: Backbone = {
  name: 'npr_resnet50',
  stages: [...stemStages([{ op: 'nearestResidual', factor: 2 / 3 }], STEM), ...residualStages(50, 2)],
};

/** SAFE (Li et al., KDD 2025): the diagonal wavelet band. Head `fc1`, logits real and fake. */
export const SAFE: Backbone = {
  name: 'safe_resnet50',
  stages: [...stemStages([{ op: 'diagonalBand' }], STEM), ...residualStages(50, 2)],
};
