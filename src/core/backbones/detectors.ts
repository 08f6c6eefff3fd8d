/** Every published detector that Telltale can run: a backbone, where it is cut, its head and its family. */
import type { SourceLayer } from '../model/layer.ts';
import { type Backbone, type Head, truncate } from './backbone.ts';
import {
  CNNDETECTION,
  type Family,
  NPR_FAMILY,
  PATCH_FORENSICS,
  PATCH_FORENSICS_FULL,
  SAFE_FAMILY,
  type TrainedSizes,
} from './families.ts';
import { NPR, SAFE } from './residual-detectors.ts';
import { RESNET_DEPTHS, resnet } from './resnet.ts';
import { wideNet } from './widenet.ts';
import { LONG_XCEPTION, XCEPTION } from './xception.ts';

export interface Detector {
  /** As in the reference's options where it has one: `xception_block2`, `resnet18_layer1`, `widenet_kw7_d1`. */
  name: string;
  backbone: string;
  cut: string;
  family: Family;
  /** Sizes of the published runs, for a checkpoint that comes without its options. */
  sizes: TrainedSizes;
  /** From RGB 0..255 to logits. */
  layers: readonly SourceLayer[];
}

const PATCH_HEAD: Head = { name: 'convout', outputs: 2 };
const XCEPTION_SIZES: TrainedSizes = { loadSize: 299, fineSize: 299 };
const RESNET_SIZES: TrainedSizes = { loadSize: 224, fineSize: 224 };

interface Assembly {
  name: string;
  backbone: Backbone;
  cut: string;
  head: Head;
  family: Family;
  sizes: TrainedSizes;
}

function assemble({ name, backbone, cut, head, family, sizes }: Assembly): Detector {
  const layers = truncate(backbone, cut, head);
  if (layers === null) throw new Error(`${backbone.name} has no ${cut}`);
  return {
    name,
    backbone: backbone.name,
    cut,
    family,
    sizes,
    layers: [family.normalization, ...layers],
  };
}

/** One patch model a stage. */
const patchModels = (backbone: Backbone, sizes: TrainedSizes): Detector[] =>
  backbone.stages.map(({ name: cut }) =>
    assemble({
      name: `${backbone.name}_${cut}`,
      backbone,
      cut,
      head: PATCH_HEAD,
      family: PATCH_FORENSICS,
      sizes,
    }),
  );

/** The detector of WideNet's `kernel` and `dilation`, any of them. */
const wideNetModel = (kernel: number, dilation: number): Detector => {
  const backbone = wideNet(kernel, dilation);
  const head: Head = { name: 'model.8', outputs: 2 };
  return assemble({
    name: backbone.name,
    backbone,
    cut: 'wide',
    head,
    family: PATCH_FORENSICS,
    sizes: RESNET_SIZES,
  });
};

const WIDENET_KERNELS = [3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23];
const WIDENET_DILATIONS = [1, 2, 3, 4];

const wholeResNet = (depth: (typeof RESNET_DEPTHS)[number], family: Family, name: string): Detector =>
  assemble({
    name,
    backbone: resnet(depth),
    cut: 'layer4',
    head: { name: 'fc', outputs: family === CNNDETECTION ? 1 : 2 },
    family,
    sizes: { loadSize: 256, fineSize: 224 },
  });

/** All detectors, the more likely one first where two have the same tensors. */
export const DETECTORS: readonly Detector[] = [
  ...patchModels(XCEPTION, XCEPTION_SIZES),
  assemble({
    name: 'longxception',
    backbone: LONG_XCEPTION,
    cut: 'pblock4',
    head: PATCH_HEAD,
    family: PATCH_FORENSICS,
    sizes: XCEPTION_SIZES,
  }),
  ...RESNET_DEPTHS.flatMap((depth) => patchModels(resnet(depth), RESNET_SIZES)),
  ...WIDENET_KERNELS.flatMap((kernel) => WIDENET_DILATIONS.map((dilation) => wideNetModel(kernel, dilation))),
  assemble({
    name: 'xception',
    backbone: XCEPTION,
    cut: 'relu4',
    head: { name: 'last_linear', outputs: 2 },
    family: PATCH_FORENSICS_FULL,
    sizes: { loadSize: 333, fineSize: 299 },
  }),
  ...RESNET_DEPTHS.map((depth) => wholeResNet(depth, PATCH_FORENSICS_FULL, `resnet${depth}`)),
  ...RESNET_DEPTHS.map((depth) => wholeResNet(depth, CNNDETECTION, `cnndetection_resnet${depth}`)),
  assemble({
    name: 'npr_resnet50',
    backbone: NPR,
    cut: 'layer2',
    head: { name: 'fc1', outputs: 1 },
    family: NPR_FAMILY,
    sizes: RESNET_SIZES,
  }),
  assemble({
    name: 'safe_resnet50',
    backbone: SAFE,
    cut: 'layer2',
    head: { name: 'fc1', outputs: 2 },
    family: SAFE_FAMILY,
    sizes: RESNET_SIZES,
  }),
];

/**
 * The detector of that name, or null. Takes the reference's spellings too: `xceptionnet_block2` is `xception_block2`, and
 * WideNets of any odd or even kernel up to 64 and dilation up to 16 exist.
 */
export function detectorNamed(name: string): Detector | null {
  const wide = /^widenet_kw(\d{1,2})_d(\d{1,2})$/.exec(name);
  if (wide !== null) {
    const [kernel, dilation] = [Number(wide[1]), Number(wide[2])];
    return kernel >= 1 && kernel <= 64 && dilation >= 1 && dilation <= 16
      ? wideNetModel(kernel, dilation)
      : null;
  }
  const plain = name.replace(/^xception[a-z]*(?=_|$)/, 'xception');
  return DETECTORS.find((detector) => detector.name === plain) ?? null;
}
