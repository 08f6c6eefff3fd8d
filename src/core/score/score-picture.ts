/** From a picture to patches and ensembles, the way that the authors of an imported network do it. */
import type { Raster } from '../image/crop.ts';
import { gridLength } from '../model/geometry.ts';
import type { Layer } from '../model/layer.ts';
import type { LogitGrid, Network } from '../model/network.ts';
import { type Preprocessing, preprocess, rgbOf } from '../model/preprocess.ts';
import { failure, type Result, success } from '../result.ts';
import { type Ensembles, ensemblesOf } from './ensemble.ts';

export interface PictureScore {
  /** Logits of P(fake) by patch. */
  grid: LogitGrid;
  ensembles: Ensembles;
  /** The picture as the network saw it; patches' rectangles (`patchRange`) are in its pixels. */
  input: Raster;
}

/**
 * Scores of `picture` (RGB or RGBA of 0..255), or `too-small` when it is not enough for one patch. Runs the whole
 * picture at once. Rejects when the network fails or returns a logit that is not finite.
 */
export async function scorePicture(
  picture: Raster,
  { layers, preprocessing }: { layers: readonly Layer[]; preprocessing: Preprocessing },
  network: Network,
): Promise<Result<PictureScore, 'too-small'>> {
  const input = preprocess(picture, preprocessing);
  const { widthPx, heightPx } = input;
  if (gridLength(layers, widthPx) === 0 || gridLength(layers, heightPx) === 0) return failure('too-small');
  const grid = await network.forward(rgbOf(input), heightPx, widthPx);
  if (!grid.logits.every(Number.isFinite)) throw new Error('network returned a logit that is not finite');
  const ensembles = ensemblesOf(grid.logits);
  if (ensembles === null) throw new Error('network returned no patches');
  return success({ grid, ensembles, input });
}
