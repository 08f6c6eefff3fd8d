/** Xception (Chollet, 2017) as its common PyTorch port builds it, and patch-forensics' deeper variant. */
import type { SourceLayer } from '../model/layer.ts';
import { type Backbone, batchNorm, conv, MAX_POOL, RELU, type Stage } from './backbone.ts';

/** Entry flow, middle flow and exit flow up to the last ReLU. Cuts: relu1, relu2, block1..block12, relu3, relu4. */
export const XCEPTION: Backbone = {
  name: 'xception',
  stages: [
    ...stem(),
    block('block1', [64, 128, 128], { leadingRelu: false, pooled: true }),
    block('block2', [128, 256, 256], { pooled: true }),
    block('block3', [256, 728, 728], { pooled: true }),
    ...[4, 5, 6, 7, 8, 9, 10, 11].map((index) => block(`block${index}`, [728, 728, 728, 728], {})),
    block('block12', [728, 728, 1024], { pooled: true }),
    exitStage(3, [1024, 1536]),
    exitStage(4, [1536, 2048]),
  ],
};

/** block1 and block2, then two blocks that see one pixel: deeper, but no wider receptive field. */
export const LONG_XCEPTION: Backbone = {
  name: 'longxception',
  stages: [
    ...XCEPTION.stages.slice(0, 4),
    block('pblock3', [256, 728, 728], { kernel: 1 }),
    block('pblock4', [728, 728, 728, 728], { kernel: 1 }),
  ],
};

/** The first convolutions do not pad, which is why odd picture sizes matter. */
function stem(): Stage[] {
  const first = [conv('conv1', [3, 32], { kernel: 3, stride: 2 }), batchNorm('bn1', 32), RELU];
  const second = [conv('conv2', [32, 64], { kernel: 3 }), batchNorm('bn2', 64), RELU];
  return [
    { name: 'relu1', layers: first, channels: 32 },
    { name: 'relu2', layers: second, channels: 64 },
  ];
}

/**
 * A residual block of separable convolutions through `widths`. The shortcut takes the input before the leading ReLU,
 * and no ReLU follows the sum. Key numbers count every module of the branch, ReLUs included.
 */
function block(
  name: string,
  widths: readonly number[],
  {
    leadingRelu = true,
    pooled = false,
    kernel = 3,
  }: { leadingRelu?: boolean; pooled?: boolean; kernel?: number },
): Stage {
  const main: SourceLayer[] = [];
  for (const [index, into] of widths.slice(0, -1).entries()) {
    const out = widths[index + 1] ?? into;
    if (index > 0 || leadingRelu) main.push(RELU);
    const first = 3 * index + (leadingRelu ? 1 : 0);
    main.push(...separable(`${name}.rep.${first}`, [into, out], kernel));
    main.push(batchNorm(`${name}.rep.${first + 1}`, out));
  }
  if (pooled) main.push(MAX_POOL);
  const [into = 0] = widths;
  const channels = widths[widths.length - 1] ?? into;
  const skip =
    into === channels
      ? []
      : [
          conv(`${name}.skip`, [into, channels], { kernel: 1, stride: pooled ? 2 : 1 }),
          batchNorm(`${name}.skipbn`, channels),
        ];
  return { name, layers: [{ op: 'residual', main, skip }], channels };
}

/** A depthwise convolution and a 1x1 convolution, nothing between them. */
function separable(name: string, [into, out]: readonly [number, number], kernel: number): SourceLayer[] {
  const padding = (kernel - 1) / 2;
  return [
    { op: 'depthwiseConv', name: `${name}.conv1`, channels: into, kernel, stride: 1, padding, bias: false },
    conv(`${name}.pointwise`, [into, out], { kernel: 1 }),
  ];
}

/** conv3 and conv4 are separable convolutions without a block around them. */
function exitStage(index: 3 | 4, shape: readonly [number, number]): Stage {
  const [, channels] = shape;
  const layers = [...separable(`conv${index}`, shape, 3), batchNorm(`bn${index}`, channels), RELU];
  return { name: `relu${index}`, layers, channels };
}
