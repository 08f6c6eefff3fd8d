import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import * as yaml from 'yaml';
import {
  checkpointFromFile,
  checkpointFromFormula,
  type FormulaWeights,
  fnv1a,
  isWholeSet,
  type ParityCase,
  type ParityFolder,
  parityFolders,
  preprocessingOf,
  readNpy,
  uniform,
} from '../../../test/support/parity.ts';
import { nodeDecoders } from '../../../test/support/pictures-by-hand.ts';
import { startBackend } from '../../../test/support/tensorflow.ts';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { readTrainingOptions } from '../checkpoint/training-options.ts';
import { cropRaster, type Raster } from '../image/crop.ts';
import type { SharedDecoders } from '../image/shared-decoders.ts';
import { patchRange } from '../model/geometry.ts';
import { buildLayers, type OutputGrid } from '../model/network.ts';
import { buildPatchNetwork, fakeLogits } from '../model/patch-network.ts';
import { preprocess, rasterOf, rgbOf } from '../model/preprocess.ts';
import { ensemblesOf } from '../score/ensemble.ts';
import { scorePicture } from '../score/score-picture.ts';
import { type ImportedNetwork, type ImportOptions, importCheckpoint } from './import-checkpoint.ts';

const TOLERANCE = { absolute: 2e-3, relative: 1e-3 };
/** tfjs's `cpu` takes a minute for what WASM does in a second: whole pictures on these only, a small part on all. */
const CPU_NETWORKS = ['xception_block1', 'resnet18_layer1'];

/** With odd sides. */
const CROP = { leftPx: 20, topPx: 11, widthPx: 77, heightPx: 61 };

let decoders: SharedDecoders;
beforeAll(async () => {
  decoders = await nodeDecoders();
});

async function pictureIn(file: string): Promise<Raster> {
  const image = await decoders.png(new Uint8Array(readFileSync(file)));
  if (image === null) throw new Error(`${file} is no PNG`);
  return rasterOf(image);
}

function imported(checkpoint: Pick<Checkpoint, 'tensors'>, options: ImportOptions): ImportedNetwork {
  const result = importCheckpoint(checkpoint, options);
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

/** The folder's network, from options where it has them, else from its tensors alone. */
function networkOf(folder: ParityFolder, checkpoint: Pick<Checkpoint, 'tensors'>): ImportedNetwork {
  // WideNet's dilation is not visible in its tensors.
  if (folder.name.startsWith('widenet')) return imported(checkpoint, { network: folder.name });
  return imported(checkpoint, {});
}

const checkpointsOf = ({ meta, weightFiles }: ParityFolder): [string, () => Pick<Checkpoint, 'tensors'>][] =>
  weightFiles?.map((file) => [file.replace(/^.*\//, ''), () => checkpointFromFile(file)]) ?? [
    ['formula', () => checkpointFromFormula(meta.weights as FormulaWeights)],
  ];

async function run(
  network: ImportedNetwork,
  picture: Raster,
  backend: 'kernels' | 'wasm' | 'cpu',
): Promise<OutputGrid> {
  const tf = await startBackend(backend);
  const before = tf.memory().numTensors;
  const built = buildLayers(tf, network.layers, network.weights);
  if (!built.ok) throw new Error(built.failure.message);
  const output = await built.value.run(rgbOf(picture), picture.heightPx, picture.widthPx);
  built.value.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return output;
}

/** The largest share of the tolerance that any logit takes: 1 is just allowed. */
function worst(found: Float32Array, expected: Float32Array): number {
  expect(found).toHaveLength(expected.length);
  return expected.reduce((most, value, index) => {
    const difference = Math.abs((found[index] ?? Number.NaN) - value);
    return Math.max(most, difference / (TOLERANCE.absolute + TOLERANCE.relative * Math.abs(value)));
  }, 0);
}

function expectPatches(
  folder: ParityFolder,
  network: ImportedNetwork,
  entry: ParityCase,
  output: OutputGrid,
) {
  expect([1, output.rows, output.columns, output.channels]).toEqual(entry.logitsShapeNHWC);
  const expected = readNpy(folder.path(entry.logitsFile ?? ''));
  expect(worst(output.values, expected)).toBeLessThanOrEqual(1);
  const { rows, columns, logits } = fakeLogits(output, network.classes);
  const found = ensemblesOf(logits);
  if (found === null || entry.ensembles === undefined) throw new Error('nothing to compare');
  const near = (entry['patchesWithAbsLogitGapBelow1e-3'] ?? 0) / (rows * columns);
  expect(Math.abs(found.vote - entry.ensembles.vote.pFake)).toBeLessThanOrEqual(near + 1e-6);
  expect(Math.abs(found.beforeSoftmax - entry.ensembles.beforeSoftmax.pFake)).toBeLessThan(1e-3);
  expect(Math.abs(found.afterSoftmax - entry.ensembles.afterSoftmax.pFake)).toBeLessThan(1e-3);
  for (const fact of [entry.mostFakePatch, entry.mostRealPatch]) {
    if (fact === undefined) continue;
    const rowRange = patchRange(fact.row, network.receptiveField, entry.networkInput.height);
    const columnRange = patchRange(fact.col, network.receptiveField, entry.networkInput.width);
    expect([rowRange.startPx, rowRange.stopPx]).toEqual(fact.rfRows);
    expect([columnRange.startPx, columnRange.stopPx]).toEqual(fact.rfCols);
    const probability = 1 / (1 + Math.exp(-(logits[fact.row * columns + fact.col] ?? Number.NaN)));
    expect(Math.abs(probability - fact.pFake)).toBeLessThan(1e-3);
  }
}

function expectPicture(network: ImportedNetwork, entry: ParityCase, output: OutputGrid) {
  const { logits } = fakeLogits(output, network.classes);
  const mean = logits.reduce((sum, logit) => sum + logit, 0) / logits.length;
  expect(worst(Float32Array.of(mean), Float32Array.of(entry.logit ?? Number.NaN))).toBeLessThanOrEqual(1);
  expect(Math.abs((ensemblesOf(logits)?.beforeSoftmax ?? Number.NaN) - (entry.pFake ?? 0))).toBeLessThan(
    1e-3,
  );
}

/** The picture of `entry` as the network takes it, our resizing within one grey level of the reference's. */
async function prepared(folder: ParityFolder, entry: ParityCase): Promise<Raster> {
  const picture = preprocess(await pictureIn(folder.path(entry.input)), preprocessingOf(entry));
  expect([picture.widthPx, picture.heightPx]).toEqual([entry.networkInput.width, entry.networkInput.height]);
  if (entry.preprocessedFile !== null) {
    const reference = await pictureIn(folder.path(entry.preprocessedFile));
    const off = reference.data.findIndex(
      (value, index) => Math.abs(value - (picture.data[index] ?? 999)) > 1,
    );
    expect(off).toBe(-1);
  }
  return picture;
}

const folders = parityFolders();

it.skipIf(!isWholeSet)(
  'covers the whole set (where TELLTALE_PARITY_DIR names a folder that holds it)',
  () => {
    expect(folders.map(({ name }) => name).sort()).toEqual([
      'cnndetection_resnet50',
      'longxception',
      'npr_resnet50',
      'resnet18_layer1',
      'resnet50_layer2',
      'widenet_kw7_d1',
      'xception_block1',
      'xception_block2',
      'xception_block3',
    ]);
  },
);

describe.each(folders)('$name computes what the reference computes', (folder) => {
  const checkpoints = checkpointsOf(folder);
  describe.each(checkpoints)('from %s', (name, open) => {
    const onCpu = CPU_NETWORKS.includes(folder.name) && name === checkpoints[0]?.[0];
    let network: ImportedNetwork;
    beforeAll(() => {
      network = networkOf(folder, open());
    }, 60_000);

    it('is recognised', () => {
      expect(network.name).toBe(folder.name);
      expect(network.classes[0]).toBe(folder.name === 'safe_resnet50' ? 'real' : 'fake');
    });

    for (const backend of ['kernels', 'wasm', ...(onCpu ? (['cpu'] as const) : [])] as const) {
      for (const [index, entry] of folder.meta.cases.entries()) {
        if (backend === 'cpu' && entry.networkInput.height > 200) continue;
        it(`on ${backend}: ${entry.tag ?? entry.input} (case ${index})`, async () => {
          const output = await run(network, await prepared(folder, entry), backend);
          if (entry.logitsFile === undefined) expectPicture(network, entry, output);
          else expectPatches(folder, network, entry, output);
        }, 120_000);
      }
    }
  });
});

describe.each(folders)('$name on a part of a picture', (folder) => {
  it('gives on cpu what the kernels give', async () => {
    const [open] = checkpointsOf(folder).map(([, read]) => read);
    const [first] = folder.meta.cases;
    if (open === undefined || first === undefined) throw new Error('nothing to run');
    const network = networkOf(folder, open());
    const picture = cropRaster(await pictureIn(folder.path(first.input)), CROP);
    const [found, expected] = [await run(network, picture, 'cpu'), await run(network, picture, 'kernels')];
    expect([found.rows, found.columns]).toEqual([expected.rows, expected.columns]);
    expect(worst(found.values, expected.values)).toBeLessThanOrEqual(1);
  }, 120_000);
});

describe('the formula for weights', () => {
  it('is the one that the reference used', () => {
    expect(fnv1a('a')).toBe(3826002220);
    const [first = 0, second = 0] = uniform('longxception/conv1.weight', 2);
    expect(first).toBeCloseTo(0.8927380088716745, 15);
    expect(second).toBeCloseTo(0.1941558332182467, 15);
  });

  it.each(folders.filter(({ weightFiles }) => weightFiles === null))(
    'gives the tensors of $name',
    ({ meta }) => {
      if (meta.weights.kind !== 'formula') throw new Error('weights are in a file');
      const { tensors } = checkpointFromFormula(meta.weights);
      for (const { key, first4, sum } of meta.weights.stateDict) {
        const view = tensors.get(key);
        // The largest ones take seconds, and a wrong formula shows in the small ones.
        if (view === undefined || view.elementCount > 100_000) continue;
        const values = view.toFloat32();
        for (const [index, value] of first4.entries()) expect(values[index]).toBeCloseTo(value, 6);
        let [total, magnitude] = [0, 1];
        for (const value of values) {
          total += value;
          magnitude += Math.abs(value);
        }
        expect(Math.abs(total - sum) / magnitude).toBeLessThan(1e-6);
      }
    },
    60_000,
  );
});

describe('with the options of its run', () => {
  it.each(folders.filter(({ optionsFile }) => optionsFile !== null))(
    '$name scores a file as the reference validates',
    async (folder) => {
      const training = readTrainingOptions(new Uint8Array(readFileSync(folder.optionsFile ?? '')), yaml);
      if (!training.ok) throw new Error(training.failure.detail);
      const [open] = checkpointsOf(folder).map(([, read]) => read);
      if (open === undefined) throw new Error('no checkpoint');
      const network = imported(open(), { training: training.value });
      const reference = folder.meta.cases.find(({ preprocess: { mode } }) => mode === 'reference-validation');
      if (reference === undefined) throw new Error('no validation case');
      expect(network).toMatchObject({ name: folder.name, preprocessing: preprocessingOf(reference) });
      expect(network.assumptions).toEqual([]);
      const built = buildPatchNetwork(await startBackend('kernels'), network, network.weights);
      if (!built.ok) throw new Error(built.failure.message);
      const picture = await pictureIn(folder.path(reference.input));
      const scored = await scorePicture(picture, network, built.value);
      built.value.dispose();
      if (!scored.ok) throw new Error(scored.failure);
      for (const name of ['beforeSoftmax', 'afterSoftmax'] as const) {
        const expected = reference.ensembles?.[name].pFake ?? Number.NaN;
        expect(Math.abs(scored.value.ensembles[name] - expected), name).toBeLessThan(1e-3);
      }
    },
  );
});
