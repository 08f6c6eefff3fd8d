/** The receptive field as computed against the receptive field as measured: which pixels move which patch. */
import { describe, expect, it } from 'vitest';
import { uniform, viewOf } from '../../../test/support/parity.ts';
import { startBackend } from '../../../test/support/tensorflow.ts';
import { expectedTensors } from '../model/expected-tensors.ts';
import { gridLength, type PixelRange, patchRange } from '../model/geometry.ts';
import { buildLayers, type LayerNetwork } from '../model/network.ts';
import { detectorNamed } from './detectors.ts';
import { type ImportedNetwork, importCheckpoint } from './import-checkpoint.ts';

/**
 * A network without negative weights: raising a pixel raises everything that looks at it, so a pixel cannot hide behind
 * a ReLU or a maximum.
 */
function positiveNetwork(name: string): ImportedNetwork {
  const detector = detectorNamed(name);
  if (detector === null) throw new Error(`no ${name}`);
  const tensors = new Map(
    expectedTensors(detector.layers).map(({ name: key, shape }) => {
      const count = shape.reduce((product, length) => product * length, 1);
      const fanIn = shape.slice(1).reduce((product, length) => product * length, 1);
      const isStatistic = shape.length < 2;
      const value = (random: number) => (isStatistic ? 1 + random / 4 : (1.5 + random) / fanIn);
      const isMean = key.endsWith('running_mean') || key.endsWith('.bias');
      const values = Float32Array.from(uniform(`${name}/${key}`, count), (random) =>
        isMean ? 0 : value(random),
      );
      return [key, viewOf(shape, () => values)] as const;
    }),
  );
  const result = importCheckpoint({ tensors }, { network: name });
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

/**
 * The shortest side of at least `leastPx` that has a patch more than the side before: there no stride leaves pixels
 * over at the far border, where nothing would look at them.
 */
function tightSide({ layers }: ImportedNetwork, leastPx: number): number {
  let side = leastPx;
  while (gridLength(layers, side) === gridLength(layers, side - 1)) side += 1;
  return side;
}

/** Sides of different lengths that hold at least one whole field. */
function sidesOf(network: ImportedNetwork) {
  const { sizePx, stridePx, offsetPx } = network.receptiveField;
  const least = 2 * (sizePx + offsetPx) + 2 * stridePx;
  return { heightPx: tightSide(network, least), widthPx: tightSide(network, least + 2 * stridePx) };
}

const GREY = 200;
/** Large, so that one pixel among thousands moves a float32 sum. */
const RAISED = 1e7;

interface Probe {
  network: LayerNetwork;
  heightPx: number;
  widthPx: number;
}

/** Outputs of patch (row, column) on grey, with those pixels at `level` for which `isChanged` holds. */
async function respond(
  { network, heightPx, widthPx }: Probe,
  [row, column]: readonly [number, number],
  isChanged: (y: number, x: number) => boolean,
  level = RAISED,
): Promise<number[]> {
  const rgb = new Float32Array(heightPx * widthPx * 3).fill(GREY);
  for (let pixel = 0; pixel < heightPx * widthPx; pixel++) {
    if (isChanged(Math.floor(pixel / widthPx), pixel % widthPx)) rgb.fill(level, pixel * 3, pixel * 3 + 3);
  }
  const { columns, channels, values } = await network.run(rgb, heightPx, widthPx);
  const start = (row * columns + column) * channels;
  return [...values.slice(start, start + channels)];
}

const holds = ({ startPx, stopPx }: PixelRange, index: number) => index >= startPx && index < stopPx;

/** Patches in the middle and at two corners. */
function patchesOf(
  { layers, name }: ImportedNetwork,
  { heightPx, widthPx }: Pick<Probe, 'heightPx' | 'widthPx'>,
): [number, number][] {
  const [rows, columns] = [gridLength(layers, heightPx), gridLength(layers, widthPx)];
  const middle: [number, number] = [Math.floor(rows / 2), Math.floor(columns / 2)];
  // A dilated kernel has gaps, and the picture's own border may fall into one.
  return name.endsWith('_d2') ? [middle] : [middle, [0, columns - 1], [rows - 1, 0]];
}

async function withProbe(name: string, use: (probe: Probe, imported: ImportedNetwork) => Promise<void>) {
  const tf = await startBackend('wasm');
  const imported = positiveNetwork(name);
  const built = buildLayers(tf, imported.layers, imported.weights);
  if (!built.ok) throw new Error(built.failure.message);
  await use({ network: built.value, ...sidesOf(imported) }, imported);
  built.value.dispose();
}

describe('patches look at their rectangle and nothing else', () => {
  it.each([
    'resnet18_conv1',
    'resnet18_layer1',
    'resnet18_layer2',
    'resnet34_layer1',
    'resnet50_layer1',
    'xception_relu1',
    'xception_relu2',
    'xception_block1',
    'xception_block2',
    'xception_block3',
    'longxception',
    'widenet_kw3_d1',
    'widenet_kw7_d2',
    'widenet_kw15_d1',
    'npr_resnet50',
  ])(
    '%s',
    async (name) => {
      await withProbe(name, async (probe, imported) => {
        const { receptiveField } = imported;
        for (const patch of patchesOf(imported, probe)) {
          const down = patchRange(patch[0], receptiveField, probe.heightPx);
          const across = patchRange(patch[1], receptiveField, probe.widthPx);
          const still = await respond(probe, patch, () => false);
          const outside = await respond(probe, patch, (y, x) => !(holds(down, y) && holds(across, x)));
          expect(outside).toEqual(still);
          for (const { odd, even } of edgesOf(down, across)) {
            const raised = await respond(probe, patch, at(odd));
            const lowered = await respond(probe, patch, at(even), -RAISED);
            expect([raised, lowered], `pixel ${odd} or ${even}`).not.toEqual([still, still]);
          }
        }
      });
    },
    60_000,
  );

  it('SAFE: within the bound at any size', async () => {
    await withProbe('safe_resnet50', async ({ network }, imported) => {
      for (const [heightPx, widthPx] of [
        [131, 150],
        [186, 163],
      ] as const) {
        const probe = { network, heightPx, widthPx };
        for (const patch of patchesOf(imported, probe)) {
          const down = patchRange(patch[0], imported.receptiveField, heightPx);
          const across = patchRange(patch[1], imported.receptiveField, widthPx);
          const still = await respond(probe, patch, () => false);
          const outside = (y: number, x: number) =>
            (x + y) % 3 === 0 && !(holds(down, y) && holds(across, x));
          expect(await respond(probe, patch, outside)).toEqual(still);
          expect(await respond(probe, patch, (y, x) => (x + y) % 3 === 0)).not.toEqual(still);
        }
      }
    });
  }, 60_000);
});

type Pixel = [row: number, column: number];
const at =
  ([row, column]: Pixel) =>
  (y: number, x: number) =>
    y === row && x === column;

/**
 * A pixel in the outermost row or column of the rectangle, on each side, at odd and at even places along it. NPR sees
 * some only as the top left pixel of their square, which it subtracts: they are even, and act when lowered.
 */
function edgesOf(down: PixelRange, across: PixelRange): { odd: Pixel; even: Pixel }[] {
  const middle = ({ startPx, stopPx }: PixelRange) => (startPx + stopPx) >> 1;
  const [row, column] = [middle(down), middle(across)];
  return [
    ...[down.startPx, down.stopPx - 1].map((edge): { odd: Pixel; even: Pixel } => ({
      odd: [edge, column | 1],
      even: [edge, column & ~1],
    })),
    ...[across.startPx, across.stopPx - 1].map((edge): { odd: Pixel; even: Pixel } => ({
      odd: [row | 1, edge],
      even: [row & ~1, edge],
    })),
  ];
}
