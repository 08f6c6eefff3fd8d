/** ResNet (He et al., 2016) as torchvision builds it; key names are torchvision's. */
import type { SourceLayer } from '../model/layer.ts';
import { type Backbone, batchNorm, conv, MAX_POOL, RELU, type Stage } from './backbone.ts';

export type ResNetDepth = 18 | 34 | 50 | 101 | 152;

/** Residual blocks of layer1..layer4. */
const BLOCKS: Readonly<Record<ResNetDepth, readonly [number, number, number, number]>> = {
  18: [2, 2, 2, 2],
  34: [3, 4, 6, 3],
  50: [3, 4, 6, 3],
  101: [3, 4, 23, 3],
  152: [3, 8, 36, 3],
};
const WIDTHS = [64, 128, 256, 512] as const;
export const RESNET_DEPTHS: readonly ResNetDepth[] = [18, 34, 50, 101, 152];

/** The ResNet of `depth`, with the reference's names of truncations: conv1, bn1, relu, maxpool, layer1..layer4. */
export function resnet(depth: ResNetDepth): Backbone {
  const stem = { kernel: 7, stride: 2, padding: 3 };
  return { name: `resnet${depth}`, stages: [...stemStages([], stem), ...residualStages(depth, 4)] };
}

/** The stem, `before` it whatever a detector puts in front of its first convolution. */
export function stemStages(
  before: SourceLayer[],
  window: { kernel: number; stride: number; padding: number },
): Stage[] {
  return [
    { name: 'conv1', layers: [...before, conv('conv1', [3, 64], window)], channels: 64 },
    { name: 'bn1', layers: [batchNorm('bn1', 64)], channels: 64 },
    { name: 'relu', layers: [RELU], channels: 64 },
    { name: 'maxpool', layers: [MAX_POOL], channels: 64 },
  ];
}

/** layer1 up to `last` of the ResNet of `depth`, which takes 64 channels. */
export function residualStages(depth: ResNetDepth, last: number): Stage[] {
  const block = depth < 50 ? basicBlock : bottleneck;
  const expansion = depth < 50 ? 1 : 4;
  let into = 64;
  return WIDTHS.slice(0, last).map((width, stage) => {
    const layers: SourceLayer[] = [];
    for (let index = 0; index < (BLOCKS[depth][stage] ?? 0); index++) {
      const stride = stage > 0 && index === 0 ? 2 : 1;
      layers.push(...block(`layer${stage + 1}.${index}`, { into, width, stride }), RELU);
      into = width * expansion;
    }
    return { name: `layer${stage + 1}`, layers, channels: into };
  });
}

interface BlockShape {
  into: number;
  width: number;
  stride: number;
}

function basicBlock(name: string, { into, width, stride }: BlockShape): SourceLayer[] {
  const main = [
    conv(`${name}.conv1`, [into, width], { kernel: 3, stride, padding: 1 }),
    batchNorm(`${name}.bn1`, width),
    RELU,
    conv(`${name}.conv2`, [width, width], { kernel: 3, padding: 1 }),
    batchNorm(`${name}.bn2`, width),
  ];
  return [{ op: 'residual', main, skip: downsample(name, [into, width], stride) }];
}

/** The stride is on the 3x3 convolution, not on the first 1x1 as in the paper. */
function bottleneck(name: string, { into, width, stride }: BlockShape): SourceLayer[] {
  const main = [
    conv(`${name}.conv1`, [into, width], { kernel: 1 }),
    batchNorm(`${name}.bn1`, width),
    RELU,
    conv(`${name}.conv2`, [width, width], { kernel: 3, stride, padding: 1 }),
    batchNorm(`${name}.bn2`, width),
    RELU,
    conv(`${name}.conv3`, [width, 4 * width], { kernel: 1 }),
    batchNorm(`${name}.bn3`, 4 * width),
  ];
  return [{ op: 'residual', main, skip: downsample(name, [into, 4 * width], stride) }];
}

/** The shortcut: a strided 1x1 convolution where the shape changes, else nothing. */
function downsample(name: string, shape: readonly [number, number], stride: number): SourceLayer[] {
  const [into, out] = shape;
  if (stride === 1 && into === out) return [];
  return [conv(`${name}.downsample.0`, shape, { kernel: 1, stride }), batchNorm(`${name}.downsample.1`, out)];
}
