/** Telltale's own networks: few channels, no padding, optionally a high-pass bank in front. */
import type { Layer } from '../model/layer.ts';

export interface NarrowOptions {
  /** Channels after each 3x3 convolution; all but the last are followed by an average pool 3/2. */
  channels: readonly number[];
  /** Stride of the first convolution. */
  stemStride: 1 | 2;
  /** 5x5 high-pass filters, fixed or trained: both are tensors `bank.weight`. */
  bank?: {
    channels: number;
    /** Responses are cut off at +-clamp grey levels and divided by 8. */
    clamp: number;
    /** Whether the pixels themselves are given to the first convolution too. */
    withPixels: boolean;
  };
}

const BANK_KERNEL = 5;

/** The layers of such a network, RGB 0..255 to one logit a patch, tensors `bank`, `conv1`, `conv2`, ... and `head`. */
export function narrowNetwork({ channels, stemStride, bank }: NarrowOptions): Layer[] {
  const layers: Layer[] = bank === undefined ? [PIXELS] : bankLayers(bank);
  let carried = bank === undefined ? 3 : bank.channels + (bank.withPixels ? 3 : 0);
  for (const [index, out] of channels.entries()) {
    layers.push({
      op: 'conv',
      name: `conv${index + 1}`,
      in: carried,
      out,
      kernel: 3,
      stride: index === 0 ? stemStride : 1,
      bias: true,
      activation: 'relu',
    });
    if (index < channels.length - 1) layers.push({ op: 'averagePool', size: 3, stride: 2 });
    carried = out;
  }
  return [...layers, { op: 'conv', name: 'head', in: carried, out: 1, kernel: 1, stride: 1, bias: true }];
}

const PIXELS: Layer = { op: 'normalize', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };

function bankLayers({ channels, clamp, withPixels }: NonNullable<NarrowOptions['bank']>): Layer[] {
  const responses: Layer[] = [
    { op: 'conv', name: 'bank', in: 3, out: channels, kernel: BANK_KERNEL, stride: 1, bias: false },
    { op: 'clamp', min: -clamp, max: clamp },
    { op: 'scale', factor: 1 / 8 },
  ];
  if (!withPixels) return responses;
  // The bank does not pad, so the pixels lose the same border.
  const pixels: Layer[] = [{ op: 'crop', margin: (BANK_KERNEL - 1) / 2 }, PIXELS];
  return [{ op: 'concat', branches: [responses, pixels] }];
}
