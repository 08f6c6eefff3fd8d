/** patch-forensics' shallow wide network: one large kernel, then 1x1 convolutions. */
import { type Backbone, batchNorm, conv, MAX_POOL, RELU } from './backbone.ts';

/**
 * WideNet with a first convolution of `kernel` x `kernel` cells, `dilation` apart. Its padding ignores the dilation. The
 * head of the reference, `model.8`, belongs behind its only stage, `wide`.
 */
export function wideNet(kernel: number, dilation: number): Backbone {
  const padding = Math.floor(kernel / 2);
  const layers = [
    conv('model.0', [3, 256], { kernel, stride: 2, padding, dilation }),
    batchNorm('model.1', 256),
    RELU,
    MAX_POOL,
    conv('model.4', [256, 256], { kernel: 1, bias: true }),
    RELU,
    conv('model.6', [256, 256], { kernel: 1, bias: true }),
    RELU,
  ];
  return { name: `widenet_kw${kernel}_d${dilation}`, stages: [{ name: 'wide', layers, channels: 256 }] };
}
