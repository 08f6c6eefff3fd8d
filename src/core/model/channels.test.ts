import { describe, expect, it } from 'vitest';
import { channelsAfter } from './channels.ts';
import type { SourceLayer } from './layer.ts';

const conv = (into: number, out: number, stride = 1): SourceLayer => ({
  op: 'conv',
  name: 'a',
  in: into,
  out,
  kernel: 1,
  stride,
  bias: false,
});

describe('channelsAfter', () => {
  it('adds up what is joined', () => {
    expect(channelsAfter([{ op: 'concat', branches: [[conv(3, 8)], []] }], 3)).toEqual({
      ok: true,
      value: 11,
    });
  });

  it.each<[string, SourceLayer[], object]>([
    ['takes too many', [conv(3, 8), conv(4, 2)], { where: 'layers.1', message: 'takes 4 channels, gets 8' }],
    [
      'sits in a branch',
      [{ op: 'residual', main: [conv(3, 3), conv(5, 3)], skip: [] }],
      { where: 'layers.0.0.1', message: 'takes 5 channels, gets 3' },
    ],
    [
      'adds unlike branches',
      [{ op: 'residual', main: [conv(3, 4)], skip: [] }],
      { where: 'layers.0', message: 'adds 4 to 3 channels' },
    ],
    [
      'joins unlike strides',
      [{ op: 'concat', branches: [[conv(3, 4, 2)], []] }],
      { where: 'layers.0', message: 'joins strides 2 and 1' },
    ],
    [
      'normalises features',
      [conv(3, 4), { op: 'normalize', mean: [0, 0, 0], std: [1, 1, 1] }],
      { where: 'layers.1' },
    ],
    [
      'pools padding alone',
      [{ op: 'maxPool', size: 3, stride: 2, padding: 2 }],
      { where: 'layers.0', message: 'pads by more than half its size' },
    ],
  ])('names the layer that %s', (_name, layers, failure) => {
    expect(channelsAfter(layers, 3)).toMatchObject({ ok: false, failure });
  });
});
