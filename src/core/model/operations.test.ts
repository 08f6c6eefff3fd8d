import { beforeAll, describe, expect, it } from 'vitest';
import { uniform } from '../../../test/support/parity.ts';
import { startBackend } from '../../../test/support/tensorflow.ts';
import { gridLength } from './geometry.ts';
import type { Layer } from './layer.ts';
import { buildLayers, type OutputGrid, type TensorFlow } from './network.ts';
import type { Weights, WeightTensor } from './safetensors.ts';

type Plane = (y: number, x: number) => number;

const random = (name: string, shape: number[]): WeightTensor => ({
  shape,
  values: Float32Array.from(
    uniform(
      name,
      shape.reduce((product, length) => product * length, 1),
    ),
  ),
});

/** Grey levels -50..205, three channels. */
const picture = (heightPx: number, widthPx: number): Float32Array =>
  Float32Array.from(uniform('picture', heightPx * widthPx * 3), (value) => 128 * value + 77);

const planeOf =
  (rgb: Float32Array, widthPx: number, channel: number): Plane =>
  (y, x) =>
    rgb[(y * widthPx + x) * 3 + channel] ?? Number.NaN;

const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));

describe.each(['wasm', 'cpu'] as const)('operations on %s', (backend) => {
  let tf: TensorFlow;
  beforeAll(async () => {
    tf = await startBackend(backend);
  });

  const run = async (
    layers: Layer[],
    [heightPx, widthPx]: [number, number],
    weights: Weights = new Map(),
  ): Promise<OutputGrid> => {
    const built = buildLayers(tf, layers, weights);
    if (!built.ok) throw new Error(`${built.failure.where}: ${built.failure.message}`);
    const before = tf.memory().numTensors;
    const output = await built.value.run(picture(heightPx, widthPx), heightPx, widthPx);
    expect(tf.memory().numTensors).toBe(before);
    built.value.dispose();
    return output;
  };

  /** Compares a channel of an output with what `expected` says of each cell. */
  const expectPlane = ({ rows, columns, channels, values }: OutputGrid, channel: number, expected: Plane) => {
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        const found = values[(y * columns + x) * channels + channel] ?? Number.NaN;
        const wanted = expected(y, x);
        expect(Math.abs(found - wanted), `${y}, ${x}: ${found} for ${wanted}`).toBeLessThan(1e-3);
      }
    }
  };

  it('normalises by channel', async () => {
    const output = await run([{ op: 'normalize', mean: [0.5, 0.4, 0], std: [0.5, 0.2, 1] }], [5, 4]);
    const rgb = picture(5, 4);
    expectPlane(output, 0, (y, x) => (planeOf(rgb, 4, 0)(y, x) / 255 - 0.5) / 0.5);
    expectPlane(output, 1, (y, x) => (planeOf(rgb, 4, 1)(y, x) / 255 - 0.4) / 0.2);
  });

  it('pads maxima with nothing, not with zeros', async () => {
    const layers: Layer[] = [
      { op: 'scale', factor: -1 },
      { op: 'clamp', min: -300, max: -7 },
      { op: 'maxPool', size: 3, stride: 2, padding: 1 },
    ];
    const output = await run(layers, [6, 9]);
    expect([output.rows, output.columns]).toEqual([3, 5]);
    expect(output.values.every((value) => value <= -7)).toBe(true);
    const source = planeOf(picture(6, 9), 9, 2);
    const value: Plane = (y, x) => Math.min(-7, -source(y, x));
    expectPlane(output, 2, (y, x) => {
      const cells = [-1, 0, 1].flatMap((down) =>
        [-1, 0, 1].map((right) => [2 * y + down, 2 * x + right] as const),
      );
      const inside = cells.filter(([row, column]) => row >= 0 && row < 6 && column >= 0 && column < 9);
      return Math.max(...inside.map(([row, column]) => value(row, column)));
    });
  });

  it.each([
    { kernel: 3, stride: 2, padding: 1, dilation: 2 },
    { kernel: 3, stride: 1, padding: 2, dilation: 2 },
    { kernel: 2, stride: 3, padding: 0, dilation: 1 },
  ])('convolves and convolves by channel: %j', async (window) => {
    const { kernel, stride, padding, dilation } = window;
    const weights = new Map([
      ['full.weight', random('full', [2, 3, kernel, kernel])],
      ['full.bias', random('bias', [2])],
      ['deep.weight', random('deep', [3, 1, kernel, kernel])],
    ]);
    const rgb = picture(11, 14);
    const sum = (plane: Plane, { values }: WeightTensor, start: number): Plane => {
      return (y, x) => {
        let total = 0;
        for (let index = 0; index < kernel * kernel; index++) {
          const row = y * stride - padding + Math.floor(index / kernel) * dilation;
          const column = x * stride - padding + (index % kernel) * dilation;
          const inside = row >= 0 && row < 11 && column >= 0 && column < 14;
          if (inside) total += plane(row, column) * (values[start + index] ?? 0);
        }
        return total;
      };
    };
    const area = kernel * kernel;
    const full = await run(
      [{ op: 'conv', name: 'full', in: 3, out: 2, bias: true, ...window }],
      [11, 14],
      weights,
    );
    const fullWeights = weights.get('full.weight') ?? random('', [0]);
    expectPlane(full, 1, (y, x) =>
      [0, 1, 2].reduce(
        (total, channel) => total + sum(planeOf(rgb, 14, channel), fullWeights, (3 + channel) * area)(y, x),
        weights.get('full.bias')?.values[1] ?? 0,
      ),
    );
    const layer: Layer = {
      op: 'depthwiseConv',
      name: 'deep',
      channels: 3,
      bias: false,
      activation: 'relu',
      ...window,
    };
    const deep = await run([layer], [11, 14], weights);
    const plain = sum(planeOf(rgb, 14, 2), weights.get('deep.weight') ?? random('', [0]), 2 * area);
    expectPlane(deep, 2, (y, x) => Math.max(0, plain(y, x)));
  });

  it.each<[number, number]>([
    [8, 10],
    [9, 7],
  ])('takes the differences of NPR, %i x %i', async (heightPx, widthPx) => {
    const output = await run([{ op: 'nearestResidual', factor: 2 / 3 }], [heightPx, widthPx]);
    expect([output.rows, output.columns]).toEqual([heightPx - (heightPx % 2), widthPx - (widthPx % 2)]);
    const plane = planeOf(picture(heightPx, widthPx), widthPx, 1);
    expectPlane(output, 1, (y, x) => ((plane(y, x) - plane(y & ~1, x & ~1)) * 2) / 3);
  });

  it.each<[number, number]>([
    [12, 16],
    [13, 9],
  ])('takes the diagonal band of SAFE, %i x %i', async (heightPx, widthPx) => {
    const output = await run([{ op: 'diagonalBand' }], [heightPx, widthPx]);
    const plane = planeOf(picture(heightPx, widthPx), widthPx, 0);
    const band = bior13Diagonal(plane, heightPx, widthPx);
    expectPlane(output, 0, (y, x) => {
      const [row, column] = [source(y, band.rows, heightPx), source(x, band.columns, widthPx)];
      const along = (at: number) =>
        (1 - column.share) * band.at(at, column.low) + column.share * band.at(at, column.high);
      return (1 - row.share) * along(row.low) + row.share * along(row.high);
    });
  });

  it('adds and joins branches, and crops', async () => {
    const double: Layer = { op: 'scale', factor: 2 };
    const rgb = picture(6, 7);
    const sum = await run([{ op: 'residual', main: [double], skip: [] }], [6, 7]);
    expectPlane(sum, 1, (y, x) => 3 * planeOf(rgb, 7, 1)(y, x));
    const joined = await run(
      [
        {
          op: 'concat',
          branches: [[{ op: 'crop', margin: 1 }, double], [{ op: 'averagePool', size: 3, stride: 1 }]],
        },
      ],
      [6, 7],
    );
    expect([joined.rows, joined.columns, joined.channels]).toEqual([4, 5, 6]);
    expectPlane(joined, 2, (y, x) => 2 * planeOf(rgb, 7, 2)(y + 1, x + 1));
    expectPlane(joined, 5, (y, x) => {
      const plane = planeOf(rgb, 7, 2);
      return [0, 1, 2]
        .flatMap((down) => [0, 1, 2].map((right) => plane(y + down, x + right) / 9))
        .reduce((a, b) => a + b);
    });
  });

  it('does not add branches that tfjs would stretch', async () => {
    const main: Layer[] = [{ op: 'crop', margin: 2 }];
    await expect(run([{ op: 'residual', main, skip: [] }], [5, 5])).rejects.toThrow(
      'branches of different sizes',
    );
    expect(() => gridLength([{ op: 'residual', main, skip: [] }], 5)).toThrow('branches of different sizes');
  });
});

/** One-level transform with all six taps and half-sample symmetric borders, as PyWavelets defines them. */
function bior13Diagonal(plane: Plane, heightPx: number, widthPx: number) {
  const taps = [0, 0, Math.SQRT1_2, -Math.SQRT1_2, 0, 0];
  const reflect = (index: number, length: number) =>
    index < 0 ? -1 - index : index >= length ? 2 * length - 1 - index : index;
  const at = (row: number, column: number) => {
    let total = 0;
    for (const [down, vertical] of taps.entries()) {
      for (const [right, horizontal] of taps.entries()) {
        const value = plane(reflect(2 * row - 4 + down, heightPx), reflect(2 * column - 4 + right, widthPx));
        total += vertical * horizontal * value;
      }
    }
    return total;
  };
  return { rows: Math.floor((heightPx + 5) / 2), columns: Math.floor((widthPx + 5) / 2), at };
}

/** Where bilinear interpolation with half-pixel centres reads for cell `index` of `to`, among `from` cells. */
function source(index: number, from: number, to: number) {
  const place = clamp(((index + 0.5) * from) / to - 0.5, from - 1);
  const low = Math.floor(place);
  return { low, high: Math.min(low + 1, from - 1), share: place - low };
}
