/** What an evaluation is made of: models, ways to degrade, labelled pictures, and what became of each combination. */
import type { DatasetItem } from '../dataset/listing.ts';
import { AS_IS } from '../degrade/specification.ts';
import type { CalibrationData } from '../model/calibration-data.ts';
import type { Abstention, Level } from '../verdict.ts';

/** A model as far as its figures depend on it. */
export interface EvaluatedModel {
  /** For people: id and version, or network and checkpoint. */
  name: string;
  /** Which weights, calibration and options, for a card that takes figures; null for models without a card of ours. */
  identity: string | null;
  /** Equal for models that give the same scores: card or checkpoint, options and backend together. */
  fingerprint: string;
  backend: string;
  /** Decides "fake" above it: the card's, or 0.5 where there is no calibration. */
  threshold: number;
  /** Rate of false alarms that thresholds are chosen for where sources are left out, 0..1. */
  falsePositiveTarget: number;
  /** The files that its calibration was fitted on; null where no card says it. */
  calibratedOn: CalibrationData | null;
}

export type EvaluatedItem = Pick<DatasetItem, 'path' | 'label' | 'source' | 'generator' | 'family'>;

/** What became of one picture under one degradation and one model. */
export type ScoreOutcome =
  /** `level` is null for a model without a calibration. */
  | { state: 'scored'; pFake: number; level: Level | null }
  | { state: 'abstained'; reason: Abstention }
  | { state: 'failed'; reason: string; detail?: string | undefined };

export type ScoredPicture = EvaluatedItem & { outcome: ScoreOutcome };

/** Names one combination. */
export const scoreKey = (fingerprint: string, degradation: string, path: string): string =>
  `${fingerprint}\n${degradation}\n${path}`;

export interface Evaluation {
  models: EvaluatedModel[];
  /** Names of chains as they were asked for; the pictures as they are (`none`) are always measured, too. */
  degradations: string[];
  /** Whether thresholds are also chosen without the sources they are measured on. */
  groupOut: boolean;
  /** In the order of their paths. */
  items: EvaluatedItem[];
  /** By `scoreKey`; complete. */
  outcomes: ReadonlyMap<string, ScoreOutcome>;
  /** `marksMet` of the scored files and what the models were calibrated on. */
  calibrationMarks: readonly string[];
}

/** Every chain that is measured, the pictures as they are first. */
export const measuredChains = (degradations: readonly string[]): string[] => [
  ...new Set([AS_IS.name, ...degradations]),
];

/** The pictures of an evaluation under one model and degradation; throws when an outcome is missing. */
export function picturesOf(
  { items, outcomes }: Pick<Evaluation, 'items' | 'outcomes'>,
  model: EvaluatedModel,
  degradation: string,
): ScoredPicture[] {
  return items.map((item) => {
    const outcome = outcomes.get(scoreKey(model.fingerprint, degradation, item.path));
    if (outcome === undefined) throw new Error(`no outcome for ${item.path}`);
    return { ...item, outcome };
  });
}
