/** The parts of the benchmark that need neither a browser nor the engines it compares with. */
import { describe, expect, it } from 'vitest';
import { ENGINES, HELP, parseArguments } from '../../bench/engines/arguments.mjs';
import { interleaved, largestDifference, median } from '../../bench/engines/measure.ts';
import { benchNetwork } from '../../bench/engines/networks.ts';
import { onnxModel } from '../../bench/engines/onnx.ts';
import { reportText } from '../../bench/engines/report.ts';
import { entriesFor } from '../../bench/engines/roster.ts';
import { picturesOf, planarFrom } from '../../bench/engines/task.ts';
import type { Layer } from '../../src/core/model/layer.ts';

describe('options', () => {
  it('default to the published table', () => {
    expect(parseArguments([])).toEqual({
      kind: 'run',
      options: {
        networks: ['xception_block2', 'resnet18_layer1', 'fast', 'strong'],
        sizes: [299, 512],
        batches: [1, 8],
        engines: [...ENGINES],
        rounds: 7,
        format: 'table',
      },
    });
  });

  it('are taken as given', () => {
    const given = '--networks strong --sizes 64,512 --batches 2 --engines ort-node --rounds 3 --json';
    expect(parseArguments(given.split(' '))).toEqual({
      kind: 'run',
      options: {
        networks: ['strong'],
        sizes: [64, 512],
        batches: [2],
        engines: ['ort-node'],
        rounds: 3,
        format: 'json',
      },
    });
  });

  it.each([
    '--sizes 63',
    '--sizes 299,',
    '--sizes 1e3',
    '--batches 0',
    '--batches 33',
    '--engines tfjs',
    '--rounds 0',
    '--rounds 3,4',
    '--json --markdown',
    '--fast',
    'fast',
    'strong',
  ])('refuse %s', (given) => {
    expect(parseArguments(given.split(' ')).kind).toBe('wrong');
  });

  it('are all in the help', () => {
    expect(parseArguments(['--help', '--json'])).toEqual({ kind: 'help' });
    for (const engine of ENGINES) expect(HELP).toContain(engine);
  });
});

describe('roster', () => {
  it('leaves out threads without a core and WebGPU without a processor', () => {
    const names = (cores: number, hasGpu: boolean) =>
      entriesFor(ENGINES, { cores, hasGpu }).map(({ engine, threads }) => `${engine}/${threads}`);
    expect(names(1, true)).not.toContain('ort-web-wasm/2');
    expect(names(2, true)).toContain('ort-web-wasm/2');
    expect(names(2, true)).toContain('ort-web-webgpu/1');
    expect(names(2, false).filter((name) => name.includes('webgpu'))).toEqual([]);
  });
});

describe('pictures', () => {
  it('are whole levels, and the same numbers by planes', () => {
    const task = { network: '', sizePx: 64, batch: 2 };
    const rgb = picturesOf(task);
    const planes = planarFrom(rgb, task);
    expect(rgb.every((level) => Number.isInteger(level) && level >= 0 && level <= 255)).toBe(true);
    expect(new Set(rgb).size).toBeGreaterThan(200);
    const [image, channel, row, column] = [1, 2, 5, 7];
    expect(planes[((image * 3 + channel) * 64 + row) * 64 + column]).toBe(
      rgb[((image * 64 + row) * 64 + column) * 3 + channel],
    );
  });
});

describe('agreement', () => {
  const task = { network: '', sizePx: 64, batch: 2 };
  const grid = { rows: 1, columns: 2, channels: 2 };

  it('compares the same patch and channel whatever the layout', () => {
    const nhwc = Float32Array.of(1, 10, 2, 20, 3, 30, 4, 40);
    const nchw = Float32Array.of(1, 2, 10, 20, 3, 4, 30, 40);
    expect(interleaved({ layout: 'NCHW', values: nchw }, task, grid)).toEqual(nhwc);
    expect(interleaved({ layout: 'NHWC', values: nhwc }, task, grid)).toEqual(nhwc);
    expect(() => interleaved({ layout: 'NHWC', values: nhwc.subarray(1) }, task, grid)).toThrow(/7 logits/);
  });

  it('takes the largest difference, and none from a number that is none', () => {
    expect(largestDifference(Float32Array.of(1, 2), Float32Array.of(1, 4))).toBe(2);
    expect(largestDifference(Float32Array.of(1, 2), Float32Array.of(1, Number.NaN))).toBeNaN();
  });

  it('has a median of odd and even many', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 100])).toBe(7);
  });
});

describe('report', () => {
  const row = { network: 'a', size: 299, batch: 1, threads: 1 };
  const report = {
    processor: 'P',
    cores: 2,
    graphicsProcessor: null,
    browser: 'B',
    node: 'N',
    rounds: 3,
    rows: [
      { ...row, engine: 'telltale-wasm' as const, msMedian: 50 },
      { ...row, engine: 'ort-web-wasm' as const, msMedian: 100 },
      { ...row, engine: 'ort-web-wasm' as const, threads: 2, msMedian: 60 },
      { ...row, engine: 'ort-node' as const, msMedian: 30 },
    ],
  };

  it('has nothing but the rows as JSON', () => {
    expect(JSON.parse(reportText(report, 'json'))).toEqual({ rows: report.rows });
  });

  it('holds Telltale against others on equal threads', () => {
    const markdown = reportText(report, 'markdown');
    expect(markdown).toContain('| a | 299 | 1 | 2.00 x | 0.60 x |');
    expect(markdown).toContain('| a | 299 | 1 | 50.0 | 100 | 60.0 | 30.0 |');
    expect(reportText(report, 'table')).toMatch(/^a +299 +1 +50\.0 +100 +60\.0 +30\.0$/m);
  });
});

/** Fields of a protocol buffer: number and payload; the length-delimited ones as bytes. */
function fieldsOf(bytes: Uint8Array): { field: number; value: number | Uint8Array }[] {
  const fields: { field: number; value: number | Uint8Array }[] = [];
  let offset = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[offset++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (offset < bytes.length) {
    const key = varint();
    const payload = varint();
    const isBytes = (key & 7) === 2;
    fields.push({
      field: key >> 3,
      value: isBytes ? bytes.subarray(offset, offset + payload) : payload,
    });
    if (isBytes) offset += payload;
  }
  return fields;
}

const inner = (bytes: Uint8Array, field: number): Uint8Array[] =>
  fieldsOf(bytes).flatMap((entry) =>
    entry.field === field && entry.value instanceof Uint8Array ? [entry.value] : [],
  );
const texts = (bytes: Uint8Array, field: number) =>
  inner(bytes, field).map((value) => new TextDecoder().decode(value));
const numbers = (bytes: Uint8Array, field: number) =>
  fieldsOf(bytes).flatMap((entry) =>
    entry.field === field && typeof entry.value === 'number' ? [entry.value] : [],
  );

/** The graph of a model, as far as it matters. */
function graphOf(model: Uint8Array) {
  const [graph = new Uint8Array()] = inner(model, 7);
  const shapeOf = (info: Uint8Array) => {
    const dimensions = inner(info, 2)
      .flatMap((type) => inner(type, 1))
      .flatMap((tensor) => inner(tensor, 2))
      .flatMap((shape) => inner(shape, 1));
    return dimensions.flatMap((dimension) => numbers(dimension, 1));
  };
  return {
    nodes: inner(graph, 1).map((node) => ({
      operator: texts(node, 4)[0],
      inputs: texts(node, 1),
      outputs: texts(node, 2),
      attributes: Object.fromEntries(
        inner(node, 5).map((one) => [texts(one, 1)[0], numbers(one, numbers(one, 20)[0] === 2 ? 3 : 8)]),
      ),
    })),
    tensors: new Map(
      inner(graph, 5).map((tensor) => [
        texts(tensor, 8)[0],
        { shape: numbers(tensor, 1), data: inner(tensor, 9)[0] },
      ]),
    ),
    input: inner(graph, 11).map(shapeOf),
    output: inner(graph, 12).map(shapeOf),
  };
}

describe('ONNX export', () => {
  const layers: Layer[] = [
    { op: 'normalize', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
    {
      op: 'depthwiseConv',
      name: 'd',
      channels: 3,
      kernel: 3,
      stride: 2,
      padding: 1,
      bias: false,
      activation: 'relu',
    },
    {
      op: 'residual',
      main: [{ op: 'conv', name: 'c', in: 3, out: 3, kernel: 1, stride: 1, bias: true }],
      skip: [],
    },
    { op: 'crop', margin: 200 },
  ];
  const weights = new Map([
    ['d.weight', { shape: [3, 1, 3, 3], values: new Float32Array(27).fill(0.5) }],
    ['c.weight', { shape: [3, 3, 1, 1], values: new Float32Array(9).fill(2) }],
    ['c.bias', { shape: [3], values: Float32Array.of(1, 2, 3) }],
  ]);
  const graph = graphOf(onnxModel({ layers, weights }, { sizePx: 900, batch: 8 }));

  it('chains the operators from input to logits', () => {
    expect(graph.nodes.map(({ operator }) => operator)).toEqual([
      'Sub',
      'Div',
      'Conv',
      'Relu',
      'Conv',
      'Add',
      'Slice',
      'Identity',
    ]);
    const known = new Set(['input', ...graph.tensors.keys()]);
    for (const { inputs, outputs } of graph.nodes) {
      for (const name of inputs) expect(known).toContain(name);
      for (const name of outputs) known.add(name);
    }
    expect(known).toContain('logits');
    const [add] = graph.nodes.filter(({ operator }) => operator === 'Add');
    expect(add?.inputs).toEqual([graph.nodes[4]?.outputs[0], graph.nodes[3]?.outputs[0]]);
  });

  it('states shapes and windows', () => {
    expect(graph.input).toEqual([[8, 3, 900, 900]]);
    expect(graph.output).toEqual([[8, 3, 50, 50]]);
    expect(graph.nodes[2]?.attributes).toEqual({
      kernel_shape: [3, 3],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      dilations: [1, 1],
      group: [3],
    });
  });

  it('carries the weights and the ends of a slice', () => {
    const bias = graph.tensors.get('c.bias');
    expect(bias?.shape).toEqual([3]);
    expect(bias?.data).toEqual(new Uint8Array(Float32Array.of(1, 2, 3).buffer));
    const ends = graph.tensors.get(graph.nodes[6]?.inputs[2] ?? '');
    expect(ends?.data).toEqual(new Uint8Array(BigInt64Array.of(-200n, -200n).buffer));
  });

  it.each(['xception_block2', 'resnet18_layer1', 'fast', 'strong'])('knows every layer of %s', (name) => {
    const network = benchNetwork(name);
    expect(network?.weights.size).toBeGreaterThan(3);
    if (network === null) return;
    const { tensors } = graphOf(onnxModel(network, { sizePx: 299, batch: 1 }));
    for (const key of network.weights.keys()) expect(tensors.has(key)).toBe(true);
  });

  it('knows no network that does not exist', () => {
    expect(benchNetwork('resnet19_layer1')).toBeNull();
  });
});
