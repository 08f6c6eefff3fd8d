/** A model that is ready to look at pictures, whichever kind it is. */
import type { EnsembleName } from '../core/backbones/families.ts';
import type { PixelImage } from '../core/image/pixels.ts';
import type { CalibrationData } from '../core/model/calibration-data.ts';
import type { ModelCard } from '../core/model/card.ts';
import type { LogitGrid, Network } from '../core/model/network.ts';
import { pixelImageOf, rasterOf } from '../core/model/preprocess.ts';
import type { Effort } from '../core/model/tiles.ts';
import { type Ensembles, ensemblesOf } from '../core/score/ensemble.ts';
import { probabilityOf } from '../core/score/pool.ts';
import { type ScoringRules, scorePicture } from '../core/score/score-picture.ts';
import { screenImage } from '../core/score/screen.ts';
import { type Abstention, type Level, NOT_LOOKED_AT, type Outside, type PatchMap } from '../core/verdict.ts';

/** What a model said about pixels. */
export type Answer =
  | { kind: 'abstained'; reason: Abstention }
  | {
      kind: 'scored';
      pFake: number;
      ensembles: Ensembles;
      grid: { rows: number; columns: number };
      /** Null for a model without a calibration. */
      level: Level | null;
      /** How the picture leaves what the model was tested on. */
      outside: readonly Outside[];
      map: PatchMap;
      /** The picture as the network saw it; the map's rectangles are in its pixels. */
      picture: PixelImage;
    };

/** A model as far as its figures depend on it. */
export interface ModelFacts {
  /** Names model and version, or network and checkpoint. */
  key: string;
  /** Equal where pictures get the same scores and levels on the same backend: card or checkpoint, and options. */
  fingerprint: string;
  /** P(fake) above which the model says "fake"; 0.5 where there is no calibration. */
  threshold: number;
  /** Rate of false alarms that the threshold was chosen for; null where nobody chose one. */
  falsePositiveTarget: number | null;
  /** `identityUnder` its card and options; null for a network without a card of ours. */
  identity: string | null;
  /** The files that its calibration was fitted on; null where no card says it. */
  calibratedOn: CalibrationData | null;
}

export interface Detector {
  /** `jpegQuality` (1..100) is that of the picture's file where it is known. Rejects when the network fails. */
  look(image: PixelImage, jpegQuality: number | null): Promise<Answer>;
}

/** How a person wants pictures scored. */
export interface LookOptions {
  /** Null: the model's own. */
  ensemble: EnsembleName | null;
  effort: Effort;
}

/** Telltale's own models: scored as in the browser, ensembles over calibrated patches. */
export function calibratedDetector(card: ModelCard, network: Network, options: LookOptions): Detector {
  const { a, b } = card.calibration;
  const look = async (image: PixelImage, jpegQuality: number | null): Promise<Answer> => {
    const screening = await screenImage(image, { card, network, effort: options.effort, jpegQuality });
    if (screening.kind === 'abstained') return screening;
    const { score, map, patches } = screening;
    const ensembles = ensemblesOf(patches.logits.map((logit) => a * logit + b));
    if (ensembles === null) throw new Error('network returned no patches');
    const pFake = options.ensemble === null ? score.probability : ensembles[options.ensemble];
    const { grid, level, outside = [] } = score;
    return { kind: 'scored', pFake, ensembles, grid, level, outside, map, picture: image };
  };
  return { look };
}

/** What an imported network is scored by. */
export interface PublishedModel extends ScoringRules {
  name: string;
  ensemble: EnsembleName;
  /** SHA-256 of its checkpoint. */
  sourceSha256: string;
}

/** Published networks: scored as their authors do, without a calibration. */
export function publishedDetector(model: PublishedModel, network: Network, options: LookOptions): Detector {
  const look = async (image: PixelImage): Promise<Answer> => {
    const scored = await scorePicture(rasterOf(image), model, network);
    if (!scored.ok) return { kind: 'abstained', reason: scored.failure };
    const { grid, ensembles, input } = scored.value;
    return {
      kind: 'scored',
      pFake: ensembles[options.ensemble ?? model.ensemble],
      ensembles,
      grid: { rows: grid.rows, columns: grid.columns },
      level: null,
      outside: [],
      map: mapOf(grid, model, input),
      picture: pixelImageOf(input),
    };
  };
  return { look };
}

function mapOf(
  { rows, columns, logits }: LogitGrid,
  { receptiveField }: ScoringRules,
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
): PatchMap {
  const values = Uint8Array.from(logits, (logit) =>
    Number.isNaN(logit) ? NOT_LOOKED_AT : Math.round(probabilityOf(logit) * 254),
  );
  return { rows, columns, values, receptiveField, widthPx, heightPx };
}
