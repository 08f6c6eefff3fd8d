/** What a backbone's table looks like. */
import type { SourceLayer } from '../model/layer.ts';

/** A stretch of a backbone that ends where a head may be attached. */
export interface Stage {
  /** The name that truncations use, such as `layer1` or `block2`. */
  name: string;
  layers: SourceLayer[];
  /** Channels at its end. */
  channels: number;
}

/** A network without its head, stage by stage from the picture on. */
export interface Backbone {
  name: string;
  stages: readonly Stage[];
}

/** A linear classifier of every patch: a 1x1 convolution with bias, or a fully connected layer, which is the same. */
export interface Head {
  /** Prefix of its tensors. */
  name: string;
  outputs: 1 | 2;
}

/**
 * The layers of `backbone` up to the end of stage `cut`, then `head`; null for a cut it does not have. A head that
 * training put behind a global average pool is linear too: the mean of its patch outputs is the pooled output.
 */
export function truncate(backbone: Backbone, cut: string, head: Head): SourceLayer[] | null {
  const index = backbone.stages.findIndex((stage) => stage.name === cut);
  const last = backbone.stages[index];
  if (last === undefined) return null;
  const layers = backbone.stages.slice(0, index + 1).flatMap((stage) => stage.layers);
  return [
    ...layers,
    { op: 'conv', name: head.name, in: last.channels, out: head.outputs, kernel: 1, stride: 1, bias: true },
  ];
}

/** Shorthand for the tables: a convolution as PyTorch's `Conv2d(in, out, kernel, stride, padding)`, without bias. */
export function conv(
  name: string,
  [into, out]: readonly [number, number],
  window: { kernel: number; stride?: number; padding?: number; dilation?: number; bias?: boolean },
): SourceLayer {
  const { kernel, stride = 1, padding = 0, dilation = 1, bias = false } = window;
  return { op: 'conv', name, in: into, out, kernel, stride, padding, dilation, bias };
}

/** Shorthand for the tables: `BatchNorm2d(channels)` with eps 1e-5. */
export const batchNorm = (name: string, channels: number): SourceLayer => ({
  op: 'batchNorm',
  name,
  channels,
});

export const RELU: SourceLayer = { op: 'relu' };

/** The max-pool that all these backbones use: 3x3, stride 2, padding 1. */
export const MAX_POOL: SourceLayer = { op: 'maxPool', size: 3, stride: 2, padding: 1 };
