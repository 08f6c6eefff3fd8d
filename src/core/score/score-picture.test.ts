import { describe, expect, it } from 'vitest';
import { uniform, viewOf } from '../../../test/support/parity.ts';
import { waves } from '../../../test/support/pictures-by-hand.ts';
import { startBackend } from '../../../test/support/tensorflow.ts';
import { detectorNamed } from '../backbones/detectors.ts';
import { type ImportedNetwork, importCheckpoint } from '../backbones/import-checkpoint.ts';
import { elementsOf, expectedTensors } from '../model/expected-tensors.ts';
import { gridLength } from '../model/geometry.ts';
import type { LogitGrid, Network } from '../model/network.ts';
import { buildPatchNetwork } from '../model/patch-network.ts';
import { NATIVE, rasterOf, rgbOf } from '../model/preprocess.ts';
import { scoreTiles } from '../model/score-tiles.ts';
import { PLAN, planTiles } from '../model/tiles.ts';
import { ensemblesOf } from './ensemble.ts';
import { scorePicture } from './score-picture.ts';

/** `name` with random weights of either sign. */
function networkOf(name: string): ImportedNetwork {
  const detector = detectorNamed(name);
  if (detector === null) throw new Error(`no ${name}`);
  const tensors = new Map(
    expectedTensors(detector.layers).map(({ name: key, shape }) => {
      const gain = Math.sqrt(3 / elementsOf(shape.slice(1)));
      const isPositive = key.endsWith('running_var') || /(bn|norm)\d?\.weight$/.test(key);
      const values = () =>
        Float32Array.from(uniform(key, elementsOf(shape)), (random) =>
          isPositive ? 1 + random / 4 : shape.length < 2 ? random / 4 : gain * random,
        );
      return [key, viewOf(shape, values)] as const;
    }),
  );
  const imported = importCheckpoint({ tensors }, { network: name, preprocessing: NATIVE });
  if (!imported.ok) throw new Error(JSON.stringify(imported.failure));
  return imported.value;
}

async function withNetwork(
  name: string,
  use: (imported: ImportedNetwork, network: Network) => Promise<void>,
) {
  const imported = networkOf(name);
  const built = buildPatchNetwork(await startBackend('wasm'), imported, imported.weights);
  if (!built.ok) throw new Error(built.failure.message);
  await use(imported, built.value);
  built.value.dispose();
}

function expectSame(found: LogitGrid, expected: LogitGrid, what: string) {
  expect([found.rows, found.columns], what).toEqual([expected.rows, expected.columns]);
  const scale = expected.logits.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
  expect(scale).toBeGreaterThan(1e-3);
  const off = found.logits.reduce(
    (most, logit, index) => Math.max(most, Math.abs(logit - (expected.logits[index] ?? Number.NaN))),
    0,
  );
  expect(off / scale, what).toBeLessThan(1e-5);
}

describe('tiles of padded networks', () => {
  it.each(['resnet18_layer1', 'xception_block1', 'xception_block2', 'widenet_kw7_d2', 'npr_resnet50'])(
    '%s: give the whole picture’s patches, borders included',
    async (name) => {
      await withNetwork(name, async ({ layers, receptiveField }, network) => {
        const { sizePx, stridePx } = receptiveField;
        const [widthPx, heightPx] = [203, 171];
        const image = waves(widthPx, heightPx);
        const whole = await network.forward(rgbOf(rasterOf(image)), heightPx, widthPx);
        const grid = { rows: gridLength(layers, heightPx), columns: gridLength(layers, widthPx) };
        for (const tilePx of [sizePx + 6 * stridePx, sizePx + 11 * stridePx + 1]) {
          const plan = planTiles(image, receptiveField, 'full', { ...PLAN, tilePx, grid });
          expect(plan.tiles.length).toBeGreaterThan(1);
          expectSame(await scoreTiles(network, image, receptiveField, plan), whole, `tiles of ${tilePx} px`);
        }
      });
    },
    60_000,
  );
});

describe('scorePicture', () => {
  it('gives grid, ensembles and the picture that the network saw', async () => {
    await withNetwork('xception_block1', async (imported, network) => {
      const picture = rasterOf(waves(700, 90));
      const rules = {
        ...imported,
        preprocessing: {
          resize: { mode: 'short-side' as const, sizePx: 64, kernel: 'lanczos' as const },
          centerCropPx: 64,
        },
      };
      const scored = await scorePicture(picture, rules, network);
      if (!scored.ok) throw new Error(scored.failure);
      const { grid, ensembles, input } = scored.value;
      expect([input.widthPx, input.heightPx]).toEqual([64, 64]);
      expectSame(grid, await network.forward(rgbOf(input), 64, 64), 'crop');
      expect(ensembles).toEqual(ensemblesOf(grid.logits));
    });
  });

  it('tiles what is large and not SAFE’s', async () => {
    for (const [name, runs] of [
      ['xception_relu2', 2],
      ['safe_resnet50', 1],
    ] as const) {
      const { layers, receptiveField } = networkOf(name);
      const sizes: [number, number][] = [];
      const recorder: Network = {
        forward: async (_rgb, heightPx, widthPx) => {
          sizes.push([heightPx, widthPx]);
          const [rows, columns] = [gridLength(layers, heightPx), gridLength(layers, widthPx)];
          return { rows, columns, logits: new Float32Array(rows * columns) };
        },
        dispose: () => undefined,
      };
      const rules = { layers, receptiveField, preprocessing: NATIVE };
      await scorePicture(rasterOf(waves(700, 90)), rules, recorder);
      expect(sizes).toHaveLength(runs);
    }
  });

  it('says when there is not enough for one patch', async () => {
    await withNetwork('xception_block1', async (imported, network) => {
      expect(await scorePicture(rasterOf(waves(200, 6)), imported, network)).toEqual({
        ok: false,
        failure: 'too-small',
      });
    });
  });
});
