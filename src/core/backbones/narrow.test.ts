import { describe, expect, it } from 'vitest';
import { starterCard } from '../../../test/support/starter.ts';
import { channelsAfter } from '../model/channels.ts';
import { receptiveFieldOf } from '../model/geometry.ts';
import { narrowNetwork } from './narrow.ts';

describe('narrowNetwork', () => {
  it('is the packaged model’s network', () => {
    const bank = { channels: 24, clamp: 24, withPixels: false };
    expect(narrowNetwork({ channels: [24, 48, 64, 96], stemStride: 1, bank })).toEqual(starterCard.layers);
  });

  it.each([
    { channels: [16], stemStride: 2 as const, sizePx: 3, stridePx: 2 },
    { channels: [16, 32, 32], stemStride: 1 as const, sizePx: 21, stridePx: 4 },
    { channels: [16, 32, 32], stemStride: 2 as const, sizePx: 39, stridePx: 8 },
  ])('fits together without a bank: %j', ({ channels, stemStride, sizePx, stridePx }) => {
    const layers = narrowNetwork({ channels, stemStride });
    expect(channelsAfter(layers, 3)).toEqual({ ok: true, value: 1 });
    expect(receptiveFieldOf(layers)).toEqual({ sizePx, stridePx, offsetPx: 0 });
  });

  it('gives the pixels next to the bank to the first convolution', () => {
    const bank = { channels: 10, clamp: 24, withPixels: true };
    const layers = narrowNetwork({ channels: [16, 24], stemStride: 2, bank });
    expect(channelsAfter(layers, 3)).toEqual({ ok: true, value: 1 });
    expect(layers[1]).toMatchObject({ name: 'conv1', in: 13 });
    expect(receptiveFieldOf(layers)).toEqual({ sizePx: 5 + 2 + 4 + 2 * 4, stridePx: 4, offsetPx: 0 });
  });
});
