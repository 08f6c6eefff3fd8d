/** From a picture to patches and ensembles, the way that the authors of an imported network do it. */
import type { Raster } from '../image/crop.ts';
import { gridLength, isTileable, type ReceptiveField } from '../model/geometry.ts';
import type { Layer } from '../model/layer.ts';
import type { LogitGrid, Network } from '../model/network.ts';
import { type Preprocessing, pixelImageOf, preprocess } from '../model/preprocess.ts';
import { scoreTiles } from '../model/score-tiles.ts';
import { PLAN, planTiles } from '../model/tiles.ts';
import { failure, type Result, success } from '../result.ts';
import { type Ensembles, ensemblesOf } from './ensemble.ts';

/** What scoring needs to know of a network; both an `ImportedNetwork` and an `ImportedCard` are one. */
export interface ScoringRules {
  layers: readonly Layer[];
  preprocessing: Preprocessing;
  receptiveField: ReceptiveField;
}

export interface PictureScore {
  /** Logits of P(fake) by patch. */
  grid: LogitGrid;
  ensembles: Ensembles;
  /** The picture as the network saw it; patches' rectangles (`patchRange`) are in its pixels. */
  input: Raster;
}

/**
 * Scores of `picture` (RGB or RGBA of 0..255), or `too-small` when it is not enough for one patch. Large pictures go
 * through the network tile by tile and give the same patches; only SAFE's network needs memory for the whole picture.
 * Rejects when the network fails or returns a logit that is not finite.
 */
export async function scorePicture(
  picture: Raster,
  rules: ScoringRules,
  network: Network,
): Promise<Result<PictureScore, 'too-small'>> {
  const { layers, receptiveField } = rules;
  const input = preprocess(picture, rules.preprocessing);
  const grid = { rows: gridLength(layers, input.heightPx), columns: gridLength(layers, input.widthPx) };
  if (grid.rows === 0 || grid.columns === 0) return failure('too-small');
  const tilePx = isTileable(layers) ? tileFor(receptiveField) : Math.max(input.widthPx, input.heightPx) * 2;
  const plan = planTiles(input, receptiveField, 'full', { ...PLAN, tilePx, grid });
  const scored = await scoreTiles(network, pixelImageOf(input), receptiveField, plan);
  const ensembles = ensemblesOf(scored.logits);
  if (ensembles === null) throw new Error('network returned no patches');
  return success({ grid: scored, ensembles, input });
}

/** A tile of twice the field already spends three quarters of its work on overlap; smaller ones would spend more. */
const tileFor = ({ sizePx }: ReceptiveField): number => Math.max(PLAN.tilePx, 2 * sizePx);
