/** How far the score could lie from where it is, as a 95 % band. */
import type { Calibration } from '../model/card.ts';
import type { ReceptiveField } from '../model/geometry.ts';
import type { LogitGrid } from '../model/network.ts';
import { calibratedLogit } from './calibrated-logit.ts';
import { poolLogits, probabilityOf } from './pool.ts';

/** Two-sided 95 % of a normal distribution. */
const Z = 1.96;
/** Blocks that the card's typical variance between blocks weighs like: it decides only where there are few. */
const PRIOR_BLOCKS = 2;

/**
 * The 95 % band of P(generated) around the calibrated mean logit z = a m + b, by the delta method:
 * var z = m^2 var a + var b + 2 m cov(a, b) + a^2 var m. The first three terms are how well the calibration is known
 * (a bootstrap over sources, so they contain how differently sources behave); var m is how differently the parts
 * of this picture answer. Patches overlap, so m is taken as a mean of blocks one receptive field wide, which share
 * few pixels. Where isotonic knots are steeper than a across
 * the reach of m, their slope counts in its place. Both ends are within 0..1. The band says nothing about pictures unlike any that were measured.
 */
export function probabilityBand(
  grid: LogitGrid,
  calibration: Calibration,
  field: ReceptiveField,
): [number, number] {
  const { mean } = poolLogits(grid.logits);
  const { covariance } = calibration;
  const ofCalibration = mean ** 2 * covariance.aa + covariance.bb + 2 * mean * covariance.ab;
  const ofMean = varianceOfMean(grid, field, calibration.blockVariance);
  const ofPicture = slopeAround(mean, Z * Math.sqrt(ofMean), calibration) ** 2 * ofMean;
  const reach = Z * Math.sqrt(Math.max(0, ofCalibration + ofPicture));
  const logit = calibratedLogit(mean, calibration);
  return [probabilityOf(logit - reach), probabilityOf(logit + reach)];
}

/** Log-odds per logit within `reach` of `mean`, never below the line's: between knots there are plateaus. */
function slopeAround(mean: number, reach: number, calibration: Calibration): number {
  const { a, isotonic } = calibration;
  if (isotonic === undefined || reach === 0) return a;
  const rise = calibratedLogit(mean + reach, calibration) - calibratedLogit(mean - reach, calibration);
  return Math.max(a, rise / (2 * reach));
}

interface Block {
  sum: number;
  patches: number;
}

/**
 * Variance of the mean logit as a mean of independent blocks: the variance between them, drawn towards
 * `typicalVariance` when they are few, times the sum of squared weights.
 */
function varianceOfMean(grid: LogitGrid, field: ReceptiveField, typicalVariance: number): number {
  const blocks = blocksOf(grid, Math.ceil(field.sizePx / field.stridePx));
  const total = blocks.reduce((all, block) => all + block.patches, 0);
  const variance =
    (PRIOR_BLOCKS * typicalVariance + squaredDeviations(blocks)) / (PRIOR_BLOCKS + blocks.length - 1);
  return blocks.reduce((sum, block) => sum + (block.patches / total) ** 2, 0) * variance;
}

/**
 * Variance of the mean logit between blocks one receptive field wide, unbiased; null for fewer than two blocks.
 * For `telltale calibrate`, which takes its median over pictures as the card's `blockVariance`.
 */
export function varianceBetweenBlocks(grid: LogitGrid, field: ReceptiveField): number | null {
  const blocks = blocksOf(grid, Math.ceil(field.sizePx / field.stridePx));
  return blocks.length < 2 ? null : squaredDeviations(blocks) / (blocks.length - 1);
}

/** Sum over blocks of their squared distance from the common mean, blocks weighted by their patches (mean weight 1). */
function squaredDeviations(blocks: readonly Block[]): number {
  const total = blocks.reduce((all, block) => all + block.patches, 0);
  const mean = blocks.reduce((all, block) => all + block.sum, 0) / total;
  const weighted = blocks.reduce(
    (sum, block) => sum + block.patches * (block.sum / block.patches - mean) ** 2,
    0,
  );
  return (weighted * blocks.length) / total;
}

/** Squares of `side` patches with at least one patch that was looked at. */
function blocksOf({ rows, columns, logits }: LogitGrid, side: number): Block[] {
  const across = Math.ceil(columns / side);
  const blocks = Array.from({ length: across * Math.ceil(rows / side) }, () => ({ sum: 0, patches: 0 }));
  for (const [index, logit] of logits.entries()) {
    if (Number.isNaN(logit)) continue;
    const row = Math.floor(index / columns / side);
    const column = Math.floor((index % columns) / side);
    const block = blocks[row * across + column];
    if (block === undefined) continue;
    block.sum += logit;
    block.patches += 1;
  }
  return blocks.filter((block) => block.patches > 0);
}
