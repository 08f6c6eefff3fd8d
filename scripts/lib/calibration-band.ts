/** Scores a folder of crops as the calibration was fitted, and bootstraps the fit by source. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeImage } from '../../src/core/image/decode.ts';
import type { PixelImage } from '../../src/core/image/pixels.ts';
import { sniff } from '../../src/core/image/sniff.ts';
import { planTiles, scoreTiles } from '../../src/core/model/tiles.ts';
import { varianceBetweenBlocks } from '../../src/core/score/band.ts';
import { texturedShare } from '../../src/core/score/flatness.ts';
import { fitPlatt, type PlattSample } from '../../src/core/score/platt.ts';
import { poolLogits, probabilityOf } from '../../src/core/score/pool.ts';
import { jpegOf, nodeDecoders } from '../../test/support/pictures-by-hand.ts';
import { starterCard, starterNetwork } from '../../test/support/starter.ts';

const QUALITIES = [90, 75];

interface Scored extends PlattSample {
  source: string;
  blockVariance: number | null;
  textured: number;
}

/** The report that `scripts/calibration-band.mjs` prints. */
export async function measureCalibration(folder: string, rounds: number) {
  const samples = await scoreFolder(folder);
  const { a, b, strongAt } = starterCard.calibration;
  const fits = bootstrap(samples, rounds);
  const variances = samples.flatMap((sample) => sample.blockVariance ?? []).sort((x, y) => x - y);
  const textured = samples.map((sample) => sample.textured).sort((x, y) => x - y);
  const real = samples.filter((sample) => !sample.generated);
  const above = real.filter((sample) => probabilityOf(a * sample.score + b) >= strongAt);
  return {
    samples: samples.length,
    sources: new Set(samples.map((sample) => sample.source)).size,
    refit: fitPlatt(samples),
    covariance: covarianceOf(fits),
    fits: fits.length,
    blockVariance: at(variances, 0.5),
    blockVarianceQuartiles: [at(variances, 0.25), at(variances, 0.75)],
    realAboveStrongAt: above.length / real.length,
    texturedShareLowest: textured.slice(0, 5),
    texturedShareQuantiles: [0.01, 0.05, 0.5].map((share) => at(textured, share)),
  };
}

export async function scoreFolder(folder: string): Promise<Scored[]> {
  const [shared, network] = [await nodeDecoders(), await starterNetwork('wasm')];
  const decode = async (bytes: Uint8Array): Promise<PixelImage> => {
    const sniffed = sniff(bytes);
    if (!sniffed.ok) throw new Error(sniffed.failure.reason);
    const decoded = await decodeImage(bytes, sniffed.value, { shared, canvas: null });
    if (!decoded.ok) throw new Error(decoded.failure.reason);
    return decoded.value.image;
  };
  const samples: Scored[] = [];
  const field = starterCard.receptiveField;
  for (const { path, source, generated } of picturesIn(folder)) {
    const original = await decode(readFileSync(path));
    for (const quality of QUALITIES) {
      const image = await decode(await jpegOf(original, quality));
      const grid = await scoreTiles(network, image, field, planTiles(image, field, 'full'));
      samples.push({
        score: poolLogits(grid.logits).mean,
        ...{ generated, source, blockVariance: varianceBetweenBlocks(grid, field) },
        textured: texturedShare(image, starterCard.limits.flatBlockSpread),
      });
    }
  }
  return samples;
}

function* picturesIn(folder: string) {
  for (const label of ['real', 'fake']) {
    for (const name of readdirSync(join(folder, label)).sort()) {
      for (const file of readdirSync(join(folder, label, name)).sort()) {
        const path = join(folder, label, name, file);
        yield { path, source: `${label}/${name}`, generated: label === 'fake' };
      }
    }
  }
}

/** Fits on sources drawn with replacement, as many of each class as there are. The draw is the same every time. */
function bootstrap(samples: readonly Scored[], rounds: number) {
  const bySource = new Map<string, Scored[]>();
  for (const sample of samples) bySource.set(sample.source, [...(bySource.get(sample.source) ?? []), sample]);
  const groups = [...bySource.values()];
  const classes = [true, false].map((generated) =>
    groups.filter(([first]) => first?.generated === generated),
  );
  const random = randomNumbers(7);
  return Array.from({ length: rounds }, () =>
    fitPlatt(
      classes.flatMap((sources) =>
        sources.flatMap(() => sources[Math.floor(random() * sources.length)] ?? []),
      ),
    ),
  ).filter((fit) => fit !== null);
}

function covarianceOf(fits: readonly { a: number; b: number }[]) {
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanA = mean(fits.map((fit) => fit.a));
  const meanB = mean(fits.map((fit) => fit.b));
  return {
    aa: mean(fits.map((fit) => (fit.a - meanA) ** 2)),
    bb: mean(fits.map((fit) => (fit.b - meanB) ** 2)),
    ab: mean(fits.map((fit) => (fit.a - meanA) * (fit.b - meanB))),
  };
}

const at = (sorted: number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;

/** Numbers in 0..1 by mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
