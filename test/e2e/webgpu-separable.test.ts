/** Telltale's WebGPU kernel for separable convolutions computes what tfjs computes in two. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importCheckpoint } from '../../src/core/backbones/import-checkpoint.ts';
import type { Layer } from '../../src/core/model/layer.ts';
import { separableAt } from '../../src/core/model/separable.ts';
import { checkpointFromFile, parityFolders, uniform } from '../support/parity.ts';
import {
  GpuBrowser,
  type GpuTask,
  largestDifference,
  outputInNode,
  randomWeights,
} from '../support/webgpu.ts';

let gpu: GpuBrowser;
beforeAll(async () => {
  gpu = await GpuBrowser.launch();
});
afterAll(() => gpu?.close());

interface Shape {
  rows: number;
  columns: number;
  channels: number;
  out: number;
  kernel: number;
  padding: number;
  dilation: number;
  leadingRelu: boolean;
  relu: boolean;
  bias: boolean;
}

/** Sizes below, at and above the kernel's tiles, each drawn from a stream of numbers that is always the same. */
function drawn(index: number): Shape {
  const stream = [...uniform(`shape ${index}`, 10)];
  const draw = (least: number, most: number) =>
    least + Math.floor((((stream.pop() ?? 0) + 1) / 2) * (most - least + 1));
  const kernel = draw(1, 5);
  return {
    rows: draw(7, 21),
    columns: draw(7, 21),
    channels: 4 * draw(1, 20),
    out: 4 * draw(1, 34),
    kernel,
    padding: draw(0, 3),
    dilation: kernel > 3 ? 1 : draw(1, 2),
    leadingRelu: draw(0, 1) === 1,
    relu: draw(0, 1) === 1,
    bias: draw(0, 1) === 1,
  };
}

const SHAPES = Array.from({ length: 6 }, (_, index) => drawn(index));

function taskOf(shape: Shape, name: string): GpuTask {
  const { rows, columns, channels, out, kernel, padding, dilation, bias } = shape;
  const wide: Layer = { op: 'conv', name: 'wide', in: 3, out: channels, kernel: 1, stride: 1, bias: true };
  const layers: Layer[] = [
    { op: 'normalize', mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
    wide,
    ...(shape.leadingRelu ? [{ op: 'relu' } as const] : []),
    { op: 'depthwiseConv', name: 'deep', channels, kernel, stride: 1, padding, dilation, bias: false },
    {
      ...{ op: 'conv', name: 'point', in: channels, out, kernel: 1, stride: 1, bias },
      ...(shape.relu ? { activation: 'relu' } : {}),
    },
  ];
  const shapes = {
    ...{ 'wide.weight': [channels, 3, 1, 1], 'wide.bias': [channels] },
    ...{ 'deep.weight': [channels, 1, kernel, kernel], 'point.weight': [out, channels, 1, 1] },
    ...(bias ? { 'point.bias': [out] } : {}),
  };
  const noise = uniform(`picture ${name}`, rows * columns * 3);
  const rgb = Float32Array.from(noise, (value) => Math.floor(127.5 * (value + 1)));
  return { layers, weights: randomWeights(shapes), rgb, heightPx: rows, widthPx: columns };
}

describe('a separable convolution', () => {
  it.each(SHAPES.map((shape, index) => [JSON.stringify(shape), shape, index] as const))(
    'of %s',
    async (_title, shape, index) => {
      const task = taskOf(shape, String(index));
      expect(separableAt(task.layers, 2)).toMatchObject({ leadingRelu: shape.leadingRelu });
      const [own, stock] = [await gpu.run({ ...task, separable: true }), await outputInNode(task, 'wasm')];
      expect(own).toMatchObject({ rows: stock.rows, columns: stock.columns, leaked: 0 });
      expect(own.values.some((value) => value !== 0)).toBe(true);
      expect(largestDifference(own.values, stock.values)).toBeLessThan(1e-5);
    },
  );
});

describe('a batch', () => {
  it('gives every picture its own logits', async () => {
    const tasks = [0, 1, 2].map((index) =>
      taskOf({ ...drawn(1), rows: 11, columns: 13 }, `${index} of a batch`),
    );
    const expected = [];
    for (const task of tasks) expected.push(...(await outputInNode(task, 'wasm')).values);
    const [first] = tasks;
    if (first === undefined) throw new Error('no tasks');
    const rgb = Float32Array.from(tasks.flatMap((task) => [...task.rgb]));
    for (const separable of [true, false]) {
      const together = await gpu.run({ ...first, rgb, separable });
      expect(together.leaked).toBe(0);
      expect(largestDifference(together.values, Float32Array.from(expected))).toBeLessThan(1e-5);
    }
  });
});

describe('the choice between the kernels', () => {
  it('keeps one of them and lets the other one go', { timeout: 120_000 }, async () => {
    const task = taskOf({ ...drawn(3), rows: 9, columns: 9 }, 'to choose by');
    const { kernels, values, leaked } = await gpu.choose(task);
    expect(['own', 'stock']).toContain(kernels);
    expect(leaked).toBe(0);
    const expected = await outputInNode(task, 'wasm');
    expect(largestDifference(values, expected.values)).toBeLessThan(1e-5);
  });
});

describe('a network of separable convolutions', () => {
  it('gives the same logits with one kernel as with two', { timeout: 120_000 }, async () => {
    const folder = parityFolders().find(({ name }) => name === 'xception_block1');
    const imported = importCheckpoint(checkpointFromFile(folder?.weightFiles?.[0] ?? ''));
    if (!imported.ok) throw new Error(imported.failure.kind);
    const { layers, weights } = imported.value;
    const size = { heightPx: 45, widthPx: 52 };
    const noise = uniform('a picture', size.heightPx * size.widthPx * 3);
    const rgb = Float32Array.from(noise, (value) => Math.floor(127.5 * (value + 1)));
    const task: GpuTask = { layers, weights, rgb, ...size };
    const [own, stock] = [await gpu.run({ ...task, separable: true }), await outputInNode(task, 'wasm')];
    expect(own).toMatchObject({ rows: stock.rows, columns: stock.columns, leaked: 0 });
    expect(largestDifference(own.values, stock.values)).toBeLessThan(1e-4);
  });
});
