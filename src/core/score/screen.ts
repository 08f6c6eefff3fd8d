/** The whole way from pixels to what a verdict says about them, apart from facts of file and machine. */
import type { PixelImage } from '../image/pixels.ts';
import type { Calibration, ModelCard } from '../model/card.ts';
import type { LogitGrid, Network } from '../model/network.ts';
import { scoreTiles } from '../model/score-tiles.ts';
import { type Effort, planTiles } from '../model/tiles.ts';
import { type Abstention, NOT_LOOKED_AT, type PatchMap, type Scored } from '../verdict.ts';
import { probabilityBand } from './band.ts';
import { calibratedLogit } from './calibrated-logit.ts';
import { texturedShare } from './flatness.ts';
import { levelOf } from './level.ts';
import { poolLogits, probabilityOf } from './pool.ts';
import { type InputFacts, outsideOf, strongAtFor } from './tested-range.ts';

export type Score = Pick<
  Scored,
  'level' | 'probability' | 'band' | 'topProbability' | 'flaggedShare' | 'coverage' | 'grid' | 'outside'
>;

export type Screening =
  | { kind: 'scored'; score: Score; map: PatchMap; patches: LogitGrid }
  | { kind: 'abstained'; reason: Abstention };

/** What decides whether a model looks at a picture at all. */
export interface Looker {
  limits: Pick<ModelCard['limits'], 'minSidePx'>;
}

/** Whether a picture of this size gets a score at all; needs nothing but the header. */
export const isTooSmall = (size: { widthPx: number; heightPx: number }, { limits }: Looker): boolean =>
  Math.min(size.widthPx, size.heightPx) < limits.minSidePx;

export interface ScreenOptions {
  card: ModelCard;
  network: Network;
  effort: Effort;
  /** Of the file that the pixels come from; null (the default) for other containers than JPEG. */
  jpegQuality?: number | null;
}

/**
 * What `card`'s network says about opaque pixels, or why it says nothing (`too-small`, `too-flat`).
 * Rejects when the network fails or returns garbage; the caller replaces the engine then.
 */
export async function screenImage(
  image: PixelImage,
  { card, network, effort, jpegQuality = null }: ScreenOptions,
): Promise<Screening> {
  if (isTooSmall(image, card)) return { kind: 'abstained', reason: 'too-small' };
  const { flatBlockSpread, minTexturedShare } = card.limits;
  const textured = texturedShare(image, flatBlockSpread);
  if (textured < minTexturedShare) return { kind: 'abstained', reason: 'too-flat' };
  const plan = planTiles(image, card.receptiveField, effort);
  const grid = await scoreTiles(network, image, card.receptiveField, plan);
  const { widthPx, heightPx } = image;
  const score = scoreOf(grid, card, plan.coverage, {
    jpegQuality,
    widthPx,
    heightPx,
    texturedShare: textured,
  });
  return { kind: 'scored', score, map: mapOf(grid, card, image), patches: grid };
}

/**
 * Pools a grid of logits (NaN: not looked at; at least one is not) into a score. `facts` of the input decide which
 * threshold holds and whether it was tested; without them the card's own threshold does, and nothing is outside.
 */
export function scoreOf(grid: LogitGrid, card: ModelCard, coverage: number, facts?: InputFacts): Score {
  const { calibration } = card;
  const pooled = poolLogits(grid.logits);
  const probability = patchProbability(pooled.mean, calibration);
  const band = probabilityBand(grid, calibration, card.receptiveField);
  const strongAt = facts === undefined ? calibration.strongAt : strongAtFor(calibration, facts);
  const outside = facts === undefined ? [] : outsideOf(facts, card.testedRange);
  const flagged = grid.logits.filter((logit) => patchProbability(logit, calibration) >= strongAt);
  return {
    level: levelOf(probability, band, { strongAt, unsureFrom: calibration.unsureFrom }),
    probability,
    band,
    topProbability: patchProbability(pooled.topMean, calibration),
    flaggedShare: flagged.length / pooled.looked,
    coverage,
    grid: { rows: grid.rows, columns: grid.columns },
    ...(outside.length > 0 ? { outside } : {}),
  };
}

/** The grid as bytes for the heatmap. */
export function mapOf(
  grid: LogitGrid,
  { calibration, receptiveField }: ModelCard,
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
): PatchMap {
  const values = Uint8Array.from(grid.logits, (logit) =>
    Number.isNaN(logit) ? NOT_LOOKED_AT : Math.round(patchProbability(logit, calibration) * 254),
  );
  return { rows: grid.rows, columns: grid.columns, values, receptiveField, widthPx, heightPx };
}

/** By the same curve as whole pictures, or a threshold would mean something else for each. */
const patchProbability = (logit: number, calibration: Calibration): number =>
  probabilityOf(calibratedLogit(logit, calibration));
