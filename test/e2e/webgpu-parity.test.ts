/** tfjs's WebGPU backend computes what WASM computes, and so what the reference does, on every published network and the packaged ones. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importCheckpoint } from '../../src/core/backbones/import-checkpoint.ts';
import { cropRaster, type Raster } from '../../src/core/image/crop.ts';
import type { SharedDecoders } from '../../src/core/image/shared-decoders.ts';
import { compareGolden, goldenInput } from '../../src/core/model/golden.ts';
import type { Layer } from '../../src/core/model/layer.ts';
import { rasterOf, rgbOf } from '../../src/core/model/preprocess.ts';
import type { Weights } from '../../src/core/model/safetensors.ts';
import { MODEL_ROLES } from '../../src/core/verdict.ts';
import { PACKAGED_CARDS } from '../../src/platform/packaged-models.ts';
import { weightsOf } from '../support/packaged.ts';
import {
  checkpointFromFile,
  checkpointFromFormula,
  isWholeSet,
  type ParityFolder,
  parityFolders,
  readNpy,
  uniform,
} from '../support/parity.ts';
import { nodeDecoders } from '../support/pictures-by-hand.ts';
import {
  GpuBrowser,
  type GpuTask,
  largestDifference,
  outputInNode,
  randomWeights,
} from '../support/webgpu.ts';

const TOLERANCE = 5e-3;
/** Small, with odd sides: software takes seconds where a graphics processor takes milliseconds. */
const CROP = { leftPx: 20, topPx: 11, widthPx: 77, heightPx: 61 };

let gpu: GpuBrowser;
let decoders: SharedDecoders;
beforeAll(async () => {
  [gpu, decoders] = await Promise.all([GpuBrowser.launch(), nodeDecoders()]);
});
afterAll(() => gpu?.close());

const taskOf = (network: { layers: readonly Layer[]; weights: Weights }, picture: Raster): GpuTask => ({
  layers: network.layers,
  weights: network.weights,
  rgb: rgbOf(picture),
  heightPx: picture.heightPx,
  widthPx: picture.widthPx,
});

describe.each(parityFolders())('$name on WebGPU', (folder: ParityFolder) => {
  let network: { layers: readonly Layer[]; weights: Weights };
  const pictureOf = async (file: string): Promise<Raster> => {
    const image = await decoders.png(new Uint8Array(readFileSync(folder.path(file))));
    if (image === null) throw new Error(`${file} is no PNG`);
    return rasterOf(image);
  };
  beforeAll(() => {
    const { meta, name, weightFiles } = folder;
    const [file] = weightFiles ?? [];
    if (file === undefined && meta.weights.kind !== 'formula') throw new Error('no weights');
    const checkpoint =
      meta.weights.kind === 'formula' ? checkpointFromFormula(meta.weights) : checkpointFromFile(file ?? '');
    const imported = importCheckpoint(checkpoint, { network: name });
    if (!imported.ok) throw new Error(imported.failure.kind);
    network = imported.value;
  }, 60_000);

  // Two minutes in software for the whole ResNet-50, whose first half three other networks contain.
  const isLong = folder.name === 'cnndetection_resnet50';
  it.skipIf(isLong && !isWholeSet)('gives the logits of WASM on a crop', { timeout: 300_000 }, async () => {
    const task = taskOf(network, cropRaster(await pictureOf('input-2.png'), CROP));
    const [found, expected] = [await gpu.run(task), await outputInNode(task, 'wasm')];
    expect(found).toMatchObject({ rows: expected.rows, columns: expected.columns, leaked: 0 });
    expect(largestDifference(found.values, expected.values)).toBeLessThan(TOLERANCE);
  });

  const references = folder.meta.cases.filter(
    ({ logitsFile, preprocess, networkInput }) =>
      logitsFile !== undefined && preprocess.mode === 'native-resolution' && networkInput.height <= 128,
  );
  it.skipIf(!isWholeSet || references.length === 0)(
    'gives the reference’s logits (where TELLTALE_PARITY_DIR names the whole set)',
    { timeout: 600_000 },
    async () => {
      for (const { input, logitsFile } of references) {
        const found = await gpu.run(taskOf(network, await pictureOf(input)));
        const expected = readNpy(folder.path(logitsFile ?? ''));
        expect(largestDifference(found.values, expected)).toBeLessThan(TOLERANCE);
      }
    },
  );
});

const wide = (channels: number): Layer => ({
  ...{ op: 'conv', name: 'wide', in: 3, out: channels, kernel: 1, stride: 1, bias: false },
});
/** tfjs has shaders of its own for multiples of four channels. */
const CHANNELS = [5, 8];
const UNIT: Layer = { op: 'scale', factor: 1 / 64 };

const CASES: [string, (channels: number) => { layers: Layer[]; shapes: Record<string, number[]> }][] = [
  [
    'max-pool whose border must not win over negative values',
    () => ({
      layers: [
        { op: 'scale', factor: -1 },
        { op: 'maxPool', size: 3, stride: 2, padding: 1 },
      ],
      shapes: {},
    }),
  ],
  ['average pool', () => ({ layers: [{ op: 'averagePool', size: 3, stride: 2 }], shapes: {} })],
  [
    'dilated depthwise convolution',
    (channels) => ({
      layers: [
        {
          op: 'depthwiseConv',
          name: 'deep',
          channels,
          kernel: 3,
          stride: 1,
          padding: 2,
          dilation: 2,
          bias: true,
        },
      ],
      shapes: { 'deep.weight': [channels, 1, 3, 3], 'deep.bias': [channels] },
    }),
  ],
  [
    'depthwise convolution of a wide kernel with stride',
    (channels) => ({
      layers: [
        ...[
          {
            op: 'depthwiseConv',
            name: 'deep',
            channels,
            kernel: 5,
            stride: 2,
            padding: 2,
            bias: false,
          } as const,
        ],
        { op: 'relu' },
      ],
      shapes: { 'deep.weight': [channels, 1, 5, 5] },
    }),
  ],
  [
    'dilated convolution with and without stride',
    (channels) => ({
      layers: [
        {
          op: 'conv',
          name: 'a',
          in: channels,
          out: 7,
          kernel: 3,
          stride: 2,
          padding: 2,
          dilation: 2,
          bias: true,
        },
        {
          op: 'conv',
          name: 'b',
          in: 7,
          out: 8,
          kernel: 3,
          stride: 1,
          dilation: 3,
          bias: true,
          activation: 'relu',
        },
      ],
      shapes: { 'a.weight': [7, channels, 3, 3], 'a.bias': [7], 'b.weight': [8, 7, 3, 3], 'b.bias': [8] },
    }),
  ],
  [
    'residual of odd sides by nearest neighbours',
    () => ({ layers: [{ op: 'nearestResidual', factor: 2 / 3 }], shapes: {} }),
  ],
  ['wavelet band with its symmetric border', () => ({ layers: [{ op: 'diagonalBand' }], shapes: {} })],
  [
    'branches, clamp and crop',
    () => ({
      layers: [
        { op: 'clamp', min: -0.7, max: 0.9 },
        {
          op: 'concat',
          branches: [[{ op: 'crop', margin: 2 }], [{ op: 'averagePool', size: 5, stride: 1 }]],
        },
        { op: 'residual', main: [{ op: 'relu' }], skip: [] },
      ],
      shapes: {},
    }),
  ],
];

it.each(MODEL_ROLES)('the packaged model %s gives its golden logits', async (role) => {
  const { layers, golden } = PACKAGED_CARDS[role];
  const { widthPx, heightPx } = golden.input;
  const task = { layers, weights: weightsOf(role), rgb: goldenInput(golden), widthPx, heightPx };
  const { rows, columns, values } = await gpu.run(task);
  expect(compareGolden({ rows, columns, logits: Float32Array.from(values) }, golden).passed).toBe(true);
});

describe.each(CASES)('%s', (_name, make) => {
  it.each(CHANNELS)('is the same as on the CPU with %i channels', async (channels) => {
    const { layers, shapes } = make(channels);
    const [heightPx, widthPx] = [23, 18];
    const task: GpuTask = {
      layers: [UNIT, wide(channels), ...layers],
      weights: randomWeights({ 'wide.weight': [channels, 3, 1, 1], ...shapes }),
      rgb: Float32Array.from(uniform('picture', heightPx * widthPx * 3), (value) =>
        Math.floor(127.5 * (value + 1)),
      ),
      ...{ heightPx, widthPx },
    };
    const [found, expected] = [await gpu.run(task), await outputInNode(task, 'cpu')];
    expect(found).toMatchObject({ rows: expected.rows, columns: expected.columns, leaked: 0 });
    expect(largestDifference(found.values, expected.values)).toBeLessThan(1e-4);
  });
});
